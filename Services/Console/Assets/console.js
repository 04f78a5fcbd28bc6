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

// Times in sentences of services, which are told in UTC.
for (const said of document.querySelectorAll(".said")) {
    const walker = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode;
        text.data = text.data.replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/g, (_, day, hour) => times.format(new Date(`${day}T${hour}Z`)));
    }
}

// A time in a form is in the browser's own zone, too: how far UTC is ahead of it goes along.
for (const form of document.querySelectorAll("form[data-zoned]")) {
    const [field, offset] = [form.elements.at, form.elements.offset];
    const local = (moment) => new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    field.value = local(field.defaultValue ? new Date(`${field.defaultValue}Z`) : new Date());
    form.querySelector("[data-zone]").textContent = times.resolvedOptions().timeZone;
    form.addEventListener("submit", () => (offset.value = new Date(field.value).getTimezoneOffset()));
}

// On a narrow screen the ways stand side by side: the one that was gone is seen.
for (const here of document.querySelectorAll(".side [aria-current], .topnav [aria-current]")) {
    const ways = here.closest("ul, .topnav");
    ways.scrollLeft = here.offsetLeft - ways.offsetLeft - (ways.clientWidth - here.offsetWidth) / 2;
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
    const rows = [...tree.querySelectorAll("[data-branch]")];
    const above = (row) => row.parentElement.closest("[data-branch]");
    // The names from the top down, to search in: whatever is above something comes before it.
    const trails = new Map();
    for (const row of rows) {
        const name = row.querySelector("label").textContent.toLowerCase();
        trails.set(row, trails.has(above(row)) ? `${trails.get(above(row))} / ${name}` : name);
    }
    const branches = [...tree.querySelectorAll("details")];
    const atFirst = new Map(branches.map((branch) => [branch, branch.open]));
    const none = tree.querySelector("[data-none]");
    search.hidden = rows.length < 2;
    search.querySelector("input").addEventListener("input", (event) => {
        const wanted = event.target.value.trim().toLowerCase();
        // Whatever is above something that fits is shown, too, and opened.
        const shown = new Set();
        for (const row of rows) {
            if (!trails.get(row).includes(wanted)) continue;
            for (let each = row; each && !shown.has(each); each = above(each)) shown.add(each);
        }
        for (const row of rows) row.hidden = !shown.has(row);
        for (const branch of branches) branch.open = wanted ? true : atFirst.get(branch);
        none.hidden = shown.size > 0;
    });
    tree.addEventListener("change", (event) => {
        if (event.target.name === "department") document.getElementById("some").checked = true;
    });
}

// Names in expressions are completed as one types; the first mistake is gone to.
const names = [...document.querySelectorAll("#names option")].map(({ value, text }) => ({ value, hint: text }));
const isExpression = (field) => {
    const kind = field.form.elements[field.dataset.completes];
    return !kind || kind.value === "expression";
};
if (names.length > 0) {
    const list = document.createElement("ul");
    list.className = "completions";
    list.id = "completions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    document.body.append(list);
    let [owner, start, active] = [null, 0, -1];

    const close = () => {
        list.hidden = true;
        owner?.setAttribute("aria-expanded", "false");
        owner?.removeAttribute("aria-activedescendant");
        active = -1;
    };
    const take = (name) => {
        owner.setRangeText(name, start, owner.selectionStart, "end");
        close();
        owner.focus();
    };
    const mark = (index) => {
        active = (index + list.children.length) % list.children.length;
        [...list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === active)));
        list.children[active].scrollIntoView({ block: "nearest" });
        owner.setAttribute("aria-activedescendant", list.children[active].id);
    };
    const suggest = (field) => {
        close();
        const typed = field.value.slice(0, field.selectionStart);
        const word = /(?:extattr\("[^"]*|[A-Za-z_]\w*)$/.exec(typed)?.[0] ?? "";
        const isInText = (typed.slice(0, typed.length - word.length).match(/"/g) ?? []).length % 2 === 1;
        if (word === "" || isInText || !isExpression(field)) return;
        const fitting = names.filter(({ value }) => value.toLowerCase().startsWith(word.toLowerCase()) && value !== word);
        if (fitting.length === 0) return;
        [owner, start] = [field, typed.length - word.length];
        list.setAttribute("aria-label", field.getAttribute("aria-label") ?? field.labels[0].textContent);
        list.replaceChildren(
            ...fitting.slice(0, 12).map(({ value, hint }, index) => {
                const item = document.createElement("li");
                const [name, note] = [document.createElement("code"), document.createElement("bdi")];
                [name.textContent, note.textContent, note.className] = [value, hint, "muted"];
                item.append(name, " ", note);
                item.id = `completion-${index}`;
                item.setAttribute("role", "option");
                item.setAttribute("aria-selected", "false");
                item.addEventListener("mousedown", (event) => {
                    event.preventDefault();
                    take(value);
                });
                return item;
            })
        );
        const place = field.getBoundingClientRect();
        list.style.left = `${place.left + scrollX}px`;
        list.style.top = `${place.bottom + scrollY}px`;
        list.style.maxWidth = `${Math.max(document.documentElement.clientWidth - place.left - 8, 160)}px`;
        list.hidden = false;
        field.setAttribute("aria-expanded", "true");
    };
    for (const field of document.querySelectorAll("[data-completes]")) {
        const kind = field.form.elements[field.dataset.completes];
        const suit = () => {
            const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": "completions", "aria-expanded": "false" };
            for (const [name, value] of Object.entries(attributes)) {
                if (isExpression(field)) field.setAttribute(name, value);
                else field.removeAttribute(name);
            }
            // The browser's own list completes whole fields.
            if (isExpression(field)) field.removeAttribute("list");
            else field.setAttribute("list", "sources");
        };
        suit();
        kind?.addEventListener("change", suit);
        field.addEventListener("input", () => suggest(field));
        field.addEventListener("blur", close);
        field.addEventListener("keydown", (event) => {
            if (list.hidden) return;
            if (event.key === "ArrowDown") mark(active + 1);
            else if (event.key === "ArrowUp") mark(active < 0 ? list.children.length - 1 : active - 1);
            else if (event.key === "Escape") close();
            else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) take(list.children[active].firstChild.textContent);
            else return;
            event.preventDefault();
        });
    }
    const wrong = document.querySelector("[data-place]");
    if (wrong) {
        wrong.focus();
        wrong.setSelectionRange(Number(wrong.dataset.place), Number(wrong.dataset.place));
    }
}
