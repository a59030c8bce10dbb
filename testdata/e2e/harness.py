"""A started kernel and what tests ask of it, through jupyter_client and libzmq."""
import contextlib
import queue
import time
import unittest

from jupyter_client.manager import KernelManager

KERNEL = "mole-kernel"
TIMEOUT = 30


class Outcome:
    """What a cell did: the reply's content, and the messages between busy and idle."""

    def __init__(self, reply, messages):
        self.reply, self.messages = reply, messages

    @property
    def status(self):
        return self.reply["status"]

    def text(self, name="stdout"):
        return "".join(
            m["content"]["text"] for m in self.messages if m["msg_type"] == "stream" and m["content"]["name"] == name
        )

    @property
    def result(self):
        for m in self.messages:
            if m["msg_type"] == "execute_result":
                return m["content"]["data"]["text/plain"]
        return None


class KernelCase(unittest.TestCase):
    """Each test has a kernel of its own."""

    def setUp(self):
        self.km = KernelManager(kernel_name=KERNEL)
        self.km.start_kernel()
        self.addCleanup(self.stop)
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.wait_for_ready(timeout=TIMEOUT)

    def stop(self):
        self.kc.stop_channels()
        with contextlib.suppress(Exception):
            self.km.shutdown_kernel(now=True)

    def send(self, code, **options):
        """Sends a cell off and waits until the kernel has begun it."""
        msg_id = self.kc.execute(code, **options)
        self.until(msg_id, lambda m: m["msg_type"] == "execute_input")
        return msg_id

    def until(self, msg_id, done, timeout=TIMEOUT):
        messages, end = [], time.monotonic() + timeout
        while True:
            try:
                m = self.kc.get_iopub_msg(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                self.fail(f"no answer within {timeout} s; so far: {[m['msg_type'] for m in messages]}")
            # The manager and the client count their messages alike, so that the id of an
            # interrupt may be that of a cell.
            parent = m["parent_header"]
            if (parent.get("msg_id"), parent.get("msg_type")) != (msg_id, "execute_request"):
                continue
            messages.append(m)
            if done(m):
                return messages

    def finish(self, msg_id, timeout=TIMEOUT):
        def idle(m):
            return m["msg_type"] == "status" and m["content"]["execution_state"] == "idle"

        messages = self.until(msg_id, idle, timeout)
        while True:
            reply = self.kc.get_shell_msg(timeout=timeout)
            if reply["parent_header"].get("msg_id") == msg_id:
                return Outcome(reply["content"], messages)

    def run_cell(self, code, timeout=TIMEOUT, **options):
        return self.finish(self.kc.execute(code, **options), timeout)

    def value(self, code, **options):
        got = self.run_cell(code, **options)
        self.assertEqual(got.status, "ok", got.reply)
        return got.result

    def assert_answers(self, message="the kernel does not answer the next cell"):
        got = self.run_cell("20 + 22")
        self.assertEqual((got.status, got.result), ("ok", "42"), message)
