/** The product's sign: a shield with a trace in it. Decoration only. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path className="mark-shield" d="M12 1.5 21 5v6.2c0 5.4-3.7 9.6-9 11.3-5.3-1.7-9-5.9-9-11.3V5z" />
      <path className="mark-trace" d="M5.5 12.5h3.2l1.8-4.6 2.9 8.4 1.9-3.8h3.2" />
    </svg>
  );
}
