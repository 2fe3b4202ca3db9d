// Everything that the page does beyond what htmx swaps in: asking before a command, and knowing when it is stale.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const body = document.body;
  const live = Boolean(window.htmx && window.Idiomorph);
  const STALE_MS = 4000;
  const HOLD_MS = 1000;
  let beatAt = performance.now();

  // What a person opened or typed is theirs: a swap must not close or clear it.
  if (live) {
    window.Idiomorph.defaults.ignoreActiveValue = true;
    window.Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
      name !== "open" && !(name === "class" && node.classList.contains("holding"));
  }

  // Live: the stream's own events. The panels are swapped by htmx.
  body.addEventListener("htmx:sseOpen", (opened) => {
    const source = opened.detail.source;
    source.addEventListener("beat", (event) => beat(JSON.parse(event.data)));
    source.addEventListener("chart", (event) => window.tminusChart && window.tminusChart.add(JSON.parse(event.data)));
  });

  function beat(news) {
    beatAt = performance.now();
    if (news.version !== body.dataset.version || news.launch !== body.dataset.launch) return void location.reload();
    if ($("clock") && news.clock && $("clock").textContent !== news.clock) $("clock").textContent = news.clock;
    $("stale").hidden = true;
  }

  setInterval(() => {
    const silent = performance.now() - beatAt;
    if (!live || silent < STALE_MS) return;
    $("stale").hidden = false;
    $("stale").textContent = `No news from T-minus for ${Math.round(silent / 1000)} s: this page shows what was.`;
  }, 1000);

  // The hover of a time says it in the reader's zone too.
  body.addEventListener("mouseover", (event) => {
    const time = event.target.closest && event.target.closest("time");
    if (time && !time.title.includes("here")) time.title += ` · ${new Date(time.dateTime).toLocaleString()} here`;
  });

  // Asking. Every button is a plain form that leads to a confirm page; here the same question comes as a dialog.
  const dialog = $("confirm");
  let opener = null;

  body.addEventListener("submit", (event) => {
    const form = event.target;
    if (!dialog) return;
    if (form.method === "post") {
      event.preventDefault();
      send(form);
    } else if (form.action.includes("/confirm/")) {
      event.preventDefault();
      opener = event.submitter && event.submitter.id;
      question(form);
    }
  });

  async function question(form) {
    const query = new URLSearchParams(new FormData(form));
    query.set("part", "true");
    try {
      const answer = await fetch(`${form.getAttribute("action")}?${query}`);
      dialog.innerHTML = await answer.text();
      dialog.showModal();
      const first = dialog.querySelector("[autofocus]");
      if (first) first.focus();
    } catch {
      problem("T-minus does not answer: nothing was done.");
    }
  }

  async function send(form) {
    const button = form.querySelector("button");
    button.disabled = true;
    const refused = await post(form.getAttribute("action"), Object.fromEntries(new FormData(form)));
    button.disabled = false;
    if (!refused) return dialog.close();
    const line = form.querySelector(".refused");
    line.textContent = refused;
    line.hidden = false;
    button.focus();
  }

  async function post(action, fields) {
    try {
      const headers = { "content-type": "application/json", accept: "application/json" };
      const answer = await fetch(action, { method: "POST", headers, body: JSON.stringify(fields) });
      if (answer.ok) return "";
      const told = await answer.json().catch(() => ({}));
      return [told.detail || `T-minus answered ${answer.status}`, told.hint].filter(Boolean).join(": ");
    } catch {
      return "T-minus does not answer. Nothing is known to have been done: try again.";
    }
  }

  function problem(text) {
    $("problem").textContent = text;
    $("problem").hidden = !text;
    if (text) setTimeout(() => problem(""), 10000);
  }

  if (dialog) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) {
        event.preventDefault();
        dialog.close();
      }
    });
    dialog.addEventListener("close", () => {
      dialog.replaceChildren();
      if (opener && $(opener)) $(opener).focus();
    });
  }

  // Holding a button for a second is the confirmation; letting go earlier is a click, and asks.
  let holding = null;
  body.addEventListener("pointerdown", (event) => {
    const button = event.target.closest("button[data-hold]");
    if (!button || button.disabled || event.button !== 0) return;
    button.classList.add("holding");
    const timer = setTimeout(async () => {
      holding.done = true;
      release();
      problem(await post(button.dataset.hold, { reason: "" }));
    }, HOLD_MS);
    holding = { button, timer, done: false };
  });
  const release = () => {
    if (!holding) return;
    clearTimeout(holding.timer);
    holding.button.classList.remove("holding");
  };
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) body.addEventListener(name, release);
  body.addEventListener("click", (event) => {
    if (holding && holding.done && event.target.closest("button[data-hold]")) event.preventDefault();
    holding = null;
  });
})();
