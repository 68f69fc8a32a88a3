// What an ES module user's types look like.
import WebSocket, {
  accelerate,
  extension,
  PerMessageDeflate,
  status,
  WebSocketServer,
  type CloseEvent,
  type Data,
  type ErrorEvent,
  type MessageEvent,
  type Status
} from 'framewright';
import 'framewright/register';

const server = new WebSocketServer({ noServer: true });
const report: Status = status();
const client: WebSocket = new WebSocket('ws://127.0.0.1');

server.on('connection', (socket: import('ws').WebSocket) => socket.close(1000));
client.close();
accelerate(WebSocket);
void report.copies[0]?.accelerated;

const seen: Array<CloseEvent | Data | ErrorEvent | MessageEvent> = [];
void [seen, extension.parse('permessage-deflate'), PerMessageDeflate];
