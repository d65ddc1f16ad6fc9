// Stands in for the window's shell: plays one of the recorded scenes and answers every command.
// `?scene=NAME&do=STEP,STEP`: what is recorded is in scenes.json, written by the example `scenes`;
// a step clicks a selector (`click:.tab:nth-child(2)`), presses a key (`key:ArrowDown`), types (`type:g5`),
// scrolls the table (`scroll:4000`), or plays the scene's next event (`next`).

const asked = new URLSearchParams(location.search);
const load = (file) => fetch(`../dev/${file}.json`).then((answer) => answer.json());
const recorded = load("scenes");
const calls = [];
let play = () => {};

const answers = {
  watch: async ({ channel }) => {
    const scene = asked.get("scene") ?? "fleet";
    const events = scene === "big" ? await load("big") : [...((await recorded).events[scene] ?? [])];
    play = () => events.length && channel.onmessage(events.shift());
    do play();
    while (events.length && !asked.has("do"));
  },
  settings: async () => (await recorded)[asked.get("scene") === "faulty" ? "faulty" : "settings"],
  profiles: async () => (await recorded)[asked.get("scene") === "nothing" ? "empty_shelf" : "shelf"],
  // Faulty as soon as a line of it is.
  read_profile: async ({ name, text }) => ({ ...(await recorded)[text.includes("typess") ? "read_faulty" : "read"], name, text }),
  save_profile: async () => [],
  duplicate_profile: async ({ name }) => `${name}-2`,
  edit: async ({ edits }) =>
    edits.flatMap((edit) =>
      edit.Warning ? [{ key: "alert.warning", line: 5, message: `\`${edit.Warning}\` is not a length of time` }] : [],
    ),
  open_console: async () => {
    throw { code: "no-browser", message: "No browser could be started", hint: "Copy the id and open the console by hand." };
  },
};

class Channel {
  onmessage = () => {};
}

const invoke = async (command, details) => {
  calls.push({ command, details });
  return (answers[command] ?? (async () => null))(details);
};

window.__TAURI__ = { core: { invoke, Channel } };
window.calls = calls;

const pause = (millis) => new Promise((done) => setTimeout(done, millis));

const steps = {
  click: (selector) => document.querySelector(selector).click(),
  focus: (selector) => document.querySelector(selector).focus(),
  key: (key) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })),
  type: (text) => {
    document.activeElement.value = text;
    document.activeElement.dispatchEvent(new InputEvent("input", { bubbles: true }));
  },
  scroll: (top) => (document.querySelector(".grid").scrollTop = Number(top)),
  next: () => play(),
  // How long until the page has shown what follows, in milliseconds, in data-millis.
  time: async (step) => {
    const start = performance.now();
    await run(step);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    document.documentElement.dataset.millis = [document.documentElement.dataset.millis, Math.round(performance.now() - start)].join(" ");
  },
};

const run = async (step) => {
  const [name, ...rest] = step.split(":");
  await steps[name](rest.join(":"));
};

const until = async (found) => {
  for (let tries = 0; tries < 600 && !found(); tries += 1) await pause(10);
};

addEventListener("load", async () => {
  if (!asked.has("do")) return;
  await until(() => document.querySelector("footer, .first-run, .gone"));
  await pause(200);
  for (const step of asked.get("do").split(",").filter(Boolean)) {
    await run(step);
    await pause(Number(asked.get("pause") ?? 100));
  }
  document.documentElement.dataset.done = JSON.stringify(calls.slice(1));
});
