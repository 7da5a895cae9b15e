#!/usr/bin/env python3
"""browser.py: opens a page in headless Chromium and tells what a person would notice.

    browser.py PROFILE FILE [--shot WIDTH SCHEME PNG]… [EXPRESSION…]

Prints a line for each EXPRESSION of JavaScript, its value as JSON; then "messages" with what the
console, dialogs and the network brought, and "overflow WIDTH" with how many pixels the page is wider
than a window of 360, 800 and 1600.  PROFILE is a directory for the browser's own files.

It talks the DevTools protocol over a pipe: what it evaluates is not the page's script, which the page's
policy forbids.  Every answer has two minutes; the browser is always ended.
"""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import time

ANSWER_S = 120
WIDTHS = (360, 800, 1600)


class Browser:
    def __init__(self, profile):
        to_read, self.commands = os.pipe()
        self.answers, to_write = os.pipe()
        self.events, self.data, self.last_id, self.session = [], b"", 0, None

        def place():  # the browser reads commands from 3 and writes to 4
            a, b = os.dup(to_read), os.dup(to_write)
            os.dup2(a, 3)
            os.dup2(b, 4)

        program = shutil.which("chromium") or shutil.which("chromium-browser")
        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", "--hide-scrollbars",
             "--remote-debugging-pipe", "--user-data-dir=" + profile],
            preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)

    def receive(self, deadline):
        while b"\0" not in self.data:
            if not select.select([self.answers], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.exit("the browser does not answer")
            chunk = os.read(self.answers, 65536)
            if not chunk:
                sys.exit("the browser is gone")
            self.data += chunk
        message, self.data = self.data.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **params):
        self.last_id += 1
        command = {"id": self.last_id, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_S
        while True:
            message = self.receive(deadline)
            if message.get("id") == self.last_id:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            self.note(message)

    def note(self, message):
        self.events.append(message)
        if message.get("method") == "Page.javascriptDialogOpening":
            sys.exit("the page has opened a dialog: " + json.dumps(message["params"]))

    def await_event(self, method):
        deadline = time.monotonic() + ANSWER_S
        while not any(event.get("method") == method for event in self.events):
            self.note(self.receive(deadline))

    def open(self, url):
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(domain + ".enable")
        self.events.clear()
        self.ask("Page.navigate", url=url)
        self.await_event("Page.loadEventFired")

    def value(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            sys.exit(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def resize(self, width, scheme="light"):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
                 mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": scheme}])

    def messages(self, url):
        for event in self.events:
            method, params = event.get("method", ""), event.get("params", {})
            if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
                yield params
            asked = params.get("request", {}).get("url", url)
            if method == "Network.requestWillBeSent" and asked not in (url, "data:,"):
                yield asked

    def end(self):
        os.close(self.commands)  # which ends it
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def look(browser, url, arguments):
    browser.open(url)
    while arguments:
        if arguments[0] == "--shot":
            browser.resize(int(arguments[1]), arguments[2])
            png = browser.ask("Page.captureScreenshot", format="png")["data"]
            pathlib.Path(arguments[3]).write_bytes(base64.b64decode(png))
            del arguments[:4]
        else:
            print(json.dumps(browser.value(arguments.pop(0)), ensure_ascii=False))
    for width in WIDTHS:
        browser.resize(width)
        print("overflow", width, browser.value(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"))
    print("messages", json.dumps(list(browser.messages(url))))


def main():
    browser = Browser(sys.argv[1])
    try:
        look(browser, pathlib.Path(sys.argv[2]).resolve().as_uri(), sys.argv[3:])
    finally:
        browser.end()


main()
