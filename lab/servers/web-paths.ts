/** Ordinary pages of the web server. */
export const PAGES = ['/', '/style.css', '/app.js', '/logo.png', '/photo.jpg', '/list.json'] as const;
/** A three-byte body. */
export const TINY_PATH = '/ok';
/** Answered by the app, a few to 150 ms later. */
export const API_PATHS = ['/api/orders', '/api/items', '/api/search?q=tea'] as const;
/** Sent at some tens of KB/s. */
export const SLOW_PATH = '/slow/report.pdf';
/** Large; zeros on a sparse file, for a capture keeps the headers only. */
export const DUMP_PATH = '/dump.bin';
/** Asks for user and password, by HTTP's basic way; the app knows one person. */
export const LOGIN_PATH = '/api/login';
export const LOGIN = 'anna:Darjeeling-4471';
