const WIDTH = 72;

/** A score between 0 and 1 beside the threshold it passed. */
export function ScoreBar({ score, threshold }: { score: number; threshold: number }) {
  return (
    <span className="score" title={`The threshold is ${threshold}`}>
      {score.toFixed(2)}
      <svg viewBox={`0 0 ${WIDTH} 8`} width={WIDTH} height="8" aria-hidden="true">
        <rect className="score-track" width={WIDTH} height="4" y="2" rx="2" />
        <rect className="score-fill" width={WIDTH * clamp(score)} height="4" y="2" rx="2" />
        <rect className="score-threshold" x={WIDTH * clamp(threshold) - 0.75} width="1.5" height="8" />
      </svg>
      <span className="quiet">over {threshold.toFixed(2)}</span>
    </span>
  );
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
