// What Korean needs beside English: its messages and the backend's sentences. A chunk of its own, so that a screen in English does
// not wait for it.

import messages from "./messages/ko.json?compiled";
import said from "./messages/said.ko.json";

export { messages, said };
