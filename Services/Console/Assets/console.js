// What pages do besides being read: every one of them works without this.
"use strict";

// Times in the browser's own zone.
const times = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) {
        time.title = time.textContent;
        time.textContent = times.format(moment);
    }
}

for (const label of document.querySelectorAll("text[data-time]")) {
    const moment = new Date(label.dataset.time);
    if (!Number.isNaN(moment.getTime())) label.textContent = times.format(moment);
}

// Copying.
for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = button.dataset.copied;
    });
}

// A page that waits for something looks again, and is loaded anew when there is something new.
for (const waiting of document.querySelectorAll("[data-watch]")) {
    const look = async () => {
        try {
            const answer = await fetch(waiting.dataset.watch, { credentials: "same-origin" });
            if (answer.redirected || (answer.ok && (await answer.text()) !== waiting.dataset.seen)) location.reload();
        } catch {
            // The next look may succeed.
        }
    };
    setInterval(look, 2000);
}

// A run's progress as it comes; the whole report once it is over.
for (const progress of document.querySelectorAll("[data-events]")) {
    const events = new EventSource(progress.dataset.events);
    const show = (event) => {
        const run = JSON.parse(event.data);
        for (const stage of document.querySelectorAll("[data-stage]")) {
            stage.textContent = run.progress[stage.dataset.stage];
        }
        const totals = { departmentsRead: run.progress.departmentsExpected, pagesApplied: run.progress.pages };
        for (const total of document.querySelectorAll("[data-stage-of]")) {
            total.textContent = totals[total.dataset.stageOf];
        }
    };
    events.addEventListener("progress", show);
    events.addEventListener("finished", (event) => {
        show(event);
        events.close();
        location.reload();
    });
}

// Searching a tree of departments as one types.
for (const tree of document.querySelectorAll("[data-tree]")) {
    const search = tree.querySelector("[data-search]");
    const rows = [...tree.querySelectorAll("[data-trail]")];
    const branches = [...tree.querySelectorAll("details")];
    const atFirst = new Map(branches.map((branch) => [branch, branch.open]));
    const none = tree.querySelector("[data-none]");
    search.hidden = rows.length < 2;
    search.querySelector("input").addEventListener("input", (event) => {
        const wanted = event.target.value.trim().toLowerCase();
        // Whatever is above something that fits is shown, too, and opened.
        const shown = new Set();
        for (const row of rows) {
            if (!row.dataset.trail.includes(wanted)) continue;
            for (let each = row; each && !shown.has(each); each = each.parentElement.closest("[data-trail]")) shown.add(each);
        }
        for (const row of rows) row.hidden = !shown.has(row);
        for (const branch of branches) branch.open = wanted ? true : atFirst.get(branch);
        none.hidden = shown.size > 0;
    });
    tree.addEventListener("change", (event) => {
        if (event.target.name === "department") document.getElementById("some").checked = true;
    });
}
