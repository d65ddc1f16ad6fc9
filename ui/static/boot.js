// Starts the window's content, and says so when it cannot: never an empty window.
import start from "./curfew-ui.js";

document.getElementById("reload").addEventListener("click", () => location.reload());

start({ module_or_path: new URL("curfew-ui_bg.wasm", import.meta.url) }).catch((fault) => {
  console.error(fault);
  document.documentElement.classList.add("crashed");
});
