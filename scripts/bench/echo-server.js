/**
 * `node echo-server.js SOCKET`: the least that a server of JSON lines can do. Parses each line and sends it back as
 * it made it out. Says `ready`, and ends with its stdin.
 */
import { createServer } from 'node:net';

const server = createServer((socket) => {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text) => {
    rest += text;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      socket.write(`${JSON.stringify(JSON.parse(rest.slice(0, end)))}\n`);
      rest = rest.slice(end + 1);
    }
  });
});
server.listen(process.argv[2], () => process.stdout.write('ready\n'));
process.stdin.resume().on('end', () => server.close());
