// Just enough of RFC 6455 to send text to a browser.
import { createHash } from 'node:crypto';

/** Answers the upgrade and gives a function that sends JSON; ends when the browser goes. */
export function accept(request, socket, onClose) {
  const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  socket.on('data', (data) => (data[0] & 0x0f) === 8 && socket.end());
  socket.on('close', onClose);
  socket.on('error', () => socket.destroy());
  return (message) => socket.writable && socket.write(frame(Buffer.from(JSON.stringify(message))));
}

function frame(payload) {
  const header = payload.length < 126 ? Buffer.from([0x81, payload.length]) : payload.length < 65536 ? Buffer.alloc(4) : Buffer.alloc(10);
  if (payload.length >= 126) {
    header[0] = 0x81;
    header[1] = payload.length < 65536 ? 126 : 127;
    if (payload.length < 65536) header.writeUInt16BE(payload.length, 2);
    else header.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([header, payload]);
}
