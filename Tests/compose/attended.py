"""Runs tests, and ends them when they stand still: neither does one begin or end, nor is anything said, for too long.

A run that waits for ever tells nobody why. Before it is ended, it is told which tests had begun and not ended, and what
the threads of their process were doing.

What fails is told once more in FOLDER/failures, after what earlier runs left there: much is said after it.

usage: attended.py SECONDS FOLDER COMMAND...   FOLDER takes what the run tells of its tests
"""

import json, os, select, shutil, signal, subprocess, sys, time

LOOK_EVERY = 2
SHOWN = 60
WORDS = 400


class Attendance:
    """A run's output, handed on as it comes, and what it tells of each test."""

    def __init__(self, command, folder):
        os.makedirs(folder, exist_ok=True)
        self.events = os.path.join(folder, "tests.jsonl")
        if os.path.exists(self.events):
            os.remove(self.events)
        events = ["--event-stream-output-path", self.events, "--event-stream-version", "0"]
        self.process = subprocess.Popen(
            command + events, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        os.set_blocking(self.process.stdout.fileno(), False)

    def hand_on(self):
        """Hands on what was said since the last time; whether it was anything."""
        said = self.process.stdout.read()
        if said:
            sys.stdout.buffer.write(said)
            sys.stdout.buffer.flush()
        return bool(said)

    def told(self):
        """How much has been told of tests."""
        return os.path.getsize(self.events) if os.path.exists(self.events) else 0

    def wait(self, limit):
        """Whether it came to its end without standing still for longer than the limit."""
        seen, since = None, time.monotonic()
        while self.process.poll() is None:
            # At once when something is said: whoever writes waits where a pipe is full.
            select.select([self.process.stdout], [], [], LOOK_EVERY)
            if self.hand_on() or self.told() != seen:
                seen, since = self.told(), time.monotonic()
            elif time.monotonic() - since > limit:
                return False
        self.hand_on()
        return True

    def records(self):
        """What has been told of tests: whether it is a test that there is or something that happened, and what."""
        if not self.told():
            return
        with open(self.events, encoding="utf-8") as lines:
            for line in lines:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                yield record.get("kind"), record.get("payload", {})

    def unfinished(self):
        """The tests that have begun and not ended, by their names, and with their arguments where they have some."""
        names, begun, cases = {}, {}, {}
        for record, what in self.records():
            if record == "test":
                names[what.get("id")] = what.get("displayName") or what.get("name")
                continue
            kind, test, case = what.get("kind"), what.get("testID"), what.get("_testCase") or {}
            if kind == "testStarted" and "/" in test:
                begun[test] = ""
            elif kind == "testEnded":
                begun.pop(test, None)
            elif kind == "testCaseStarted":
                cases[test, case.get("id")] = case.get("displayName", "")
            elif kind == "testCaseEnded":
                cases.pop((test, case.get("id")), None)
        begun |= {test: f" with {text}" for (test, _), text in cases.items()}
        return [f"{test}: {names.get(test)}{case}" for test, case in begun.items()]

    def failures(self):
        """What went wrong, by test, each with its first words."""
        for _, what in self.records():
            if what.get("kind") == "issueRecorded" and not (what.get("issue") or {}).get("isKnown"):
                words = " ".join(message.get("text", "") for message in what.get("messages", []))
                yield f"{what.get('testID') or 'outside of a test'}: {words[:WORDS]}"

    def processes(self):
        """The run's processes, all of one session."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.getsid(int(pid)) == self.process.pid:
                    found.append(int(pid))
            except OSError:
                pass
        return found

    def end(self):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        self.process.wait()
        self.hand_on()


def answer(command, seconds):
    """What a command says, or that it says nothing in time."""
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"{command[0]} has not answered within {seconds} seconds"
    return run.stdout.decode(errors="replace")


def stacks(pid):
    """What the threads of a process do: their stacks where there is a debugger, else what the system knows of each."""
    if shutil.which("gdb"):
        backtraces = ["-ex", "set pagination off", "-ex", "thread apply all backtrace 20"]
        return answer(["gdb", "-p", str(pid), "-batch"] + backtraces, 120)
    lines = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        place = f"/proc/{pid}/task/{thread}/"
        try:
            lines.append(f"{open(place + 'comm').read().strip()}: {open(place + 'wchan').read()}")
        except OSError:
            pass
    return "\n".join(lines)


def database_sessions():
    """What the database's sessions do, other than to wait for their clients."""
    url, psql = os.environ.get("DATABASE_URL"), shutil.which("psql")
    if not url or not psql:
        return "unknown"
    question = (
        "select datname, state, now() - state_change as since, wait_event_type, wait_event, left(query, 150) as query"
        " from pg_stat_activity where state <> 'idle' and pid <> pg_backend_pid() order by state_change limit 40"
    )
    return answer([psql, "-X", url, "-c", question], 30)


def is_test_process(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe").endswith(".xctest")
    except OSError:
        return False


def report(attendance, limit):
    for pid in filter(is_test_process, attendance.processes()):
        say(f"\n==> What the threads of process {pid} do\n{stacks(pid)}")
    say(f"\n==> What the database's sessions do\n{database_sessions()}")
    say(f"==> The tests have stood still for {limit} seconds. These have begun and not ended:")
    unfinished = attendance.unfinished()
    for test in unfinished[:SHOWN]:
        say("  " + test)
    if len(unfinished) > SHOWN:
        say(f"  and {len(unfinished) - SHOWN} more, of which most wait for their turn")


def keep_failures(attendance, folder):
    """Adds what failed to what is told at the end; of a run that broke off, the tests that it was at."""
    failures = list(attendance.failures()) or [f"not ended: {test}" for test in attendance.unfinished()]
    with open(os.path.join(folder, "failures"), "a", encoding="utf-8") as kept:
        kept.writelines(f"{failure}\n" for failure in failures[:SHOWN])


def say(text):
    print(text, flush=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    limit, folder, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    attendance = Attendance(command, folder)
    try:
        code = attendance.process.returncode if attendance.wait(limit) else None
        if code is None:
            report(attendance, limit)
        if code != 0:
            keep_failures(attendance, folder)
        sys.exit(1 if code is None else code)
    finally:
        attendance.end()


main()
