// The page of the chat room: it comes back by itself when the connection is lost.

/** `name` is what was typed first; whatever is typed later is said. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Chat room</title>
<link rel="icon" href="data:,">
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 2rem auto; }
  ol { list-style: none; padding: 1rem; height: 20rem; overflow: auto; background: #f2f2ee; }
  form { display: flex; gap: .5rem; }
  input { flex: 1; font: inherit; padding: .25rem .5rem; }
  button { font: inherit; }
</style>
<h1>Chat room</h1>
<ol id="heard" aria-live="polite"></ol>
<form id="speak">
  <input id="text" placeholder="Your name" aria-label="Your name" maxlength="1000"
    autocomplete="off" required autofocus>
  <button id="send">Come in</button>
</form>
<script>
  let socket;
  let name;
  function comeIn() {
    socket = new WebSocket("ws" + location.origin.slice(4) + "/room/" + encodeURIComponent(name));
    socket.onmessage = ({ data }) => show(data);
    socket.onclose = () => setTimeout(comeIn, 1000);
    text.placeholder = "Say something";
    text.setAttribute("aria-label", "Say something");
    send.textContent = "Say";
  }
  function show(line) {
    const item = document.createElement("li");
    item.textContent = line;
    heard.append(item);
    item.scrollIntoView();
  }
  speak.onsubmit = (event) => {
    event.preventDefault();
    if (name !== undefined) socket.send(text.value);
    else { name = text.value; comeIn(); }
    text.value = "";
  };
</script>
</html>
`;
