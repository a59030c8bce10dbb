"""Clients that break the rules: the kernel drops what they send and goes on."""
import json
import time
import unittest

import zmq
from harness import TIMEOUT, KernelCase

DELIMITER = b"<IDS|MSG>"


class Hostile(KernelCase):
    def setUp(self):
        super().setUp()
        info = self.km.get_connection_info()
        self.context = zmq.Context()
        self.addCleanup(self.context.destroy, linger=0)
        self.address = {c: f"tcp://{info['ip']}:{info[c + '_port']}" for c in ("shell", "control", "stdin", "iopub", "hb")}

    def socket(self, channel, kind=zmq.DEALER):
        s = self.context.socket(kind)
        s.setsockopt(zmq.LINGER, 0)
        s.connect(self.address[channel])
        return s

    def frames(self, msg_type="execute_request", content=None, **header):
        """A well-formed message, signed with the kernel's key."""
        message = self.kc.session.msg(msg_type, content or {"code": "1", "silent": False})
        message["header"].update(header)
        return self.kc.session.serialize(message)

    def send_all(self, channel, *messages):
        s = self.socket(channel)
        for m in messages:
            s.send_multipart(m)
        # What is sent through the real client afterwards must still be answered.
        self.assert_answers(f"after {messages}")
        self.kc.control_channel.send(self.kc.session.msg("kernel_info_request"))
        reply = self.kc.get_control_msg(timeout=TIMEOUT)
        self.assertEqual(reply["msg_type"], "kernel_info_reply")
        return s

    def test_wrong_signature(self):
        for channel in ("shell", "control"):
            good = self.frames(content={"code": 'os.WriteFile("/dev/null", nil, 0)', "silent": False})
            bad = [*good]
            bad[1] = b"0" * 64
            unsigned = [*good]
            unsigned[1] = b""
            s = self.send_all(channel, bad, unsigned)
            self.assertEqual(s.poll(200), 0, "a message with a wrong signature was answered")

    def test_replayed_message(self):
        self.assertEqual(self.run_cell("count := 0").status, "ok")
        once = self.frames(content={"code": "count++", "silent": False})
        self.send_all("shell", once, once, once)
        self.assertEqual(self.value("count"), "1", "a replayed message ran again")

    def test_malformed(self):
        good = self.frames()
        for channel in ("shell", "control", "stdin"):
            self.send_all(
                channel,
                [b""],
                [b"x"],
                [DELIMITER],
                [DELIMITER, b""],
                good[:-1],
                good[1:],
                [good[0], good[1], b"{", b"{}", b"{}", b"{}"],
                [b"\xff" * 100] * 6,
                [b"x" * 1_000_000],
                [b""] * 1000,
            )

    def test_signed_nonsense(self):
        def signed(*parts):
            return [DELIMITER, self.kc.session.sign(list(parts)), *parts]

        header = json.dumps(self.kc.session.msg("execute_request")["header"], default=str).encode()
        self.send_all(
            "shell",
            signed(b"null", b"null", b"null", b"null"),
            signed(b"[]", b"{}", b"{}", b"{}"),
            signed(header, b"{}", b"{}", b"[]"),
            signed(header, b"{}", b"{}", b'{"code": 7}'),
            signed(header, b"3", b"{}", b'{"code": "1"}'),
        )

    def test_wrongly_typed_content(self):
        for msg_type, content in [
            ("execute_request", {"code": 1}),
            ("execute_request", {"code": ["a"], "silent": "no"}),
            ("complete_request", {"code": "fmt.", "cursor_pos": 10**9}),
            ("complete_request", {"code": "fmt.", "cursor_pos": -5}),
            ("inspect_request", {"code": "fmt", "cursor_pos": "x"}),
            ("is_complete_request", {}),
            ("history_request", {"hist_access_type": "nonsense", "n": -1}),
            ("comm_msg", {"comm_id": "none", "data": 1}),
            ("nonsense_request", {"a": 1}),
        ]:
            with self.subTest(msg_type=msg_type, content=content):
                self.send_all("shell", self.frames(msg_type, content))

    def test_silent_peers_and_garbage_bytes(self):
        import socket

        info = self.km.get_connection_info()
        peers = []
        for channel in ("shell", "iopub", "stdin", "control", "hb"):
            for payload in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, b"\x02\xff\xff\xff\xff\xff\xff\xff\xff"):
                peer = socket.create_connection((info["ip"], info[channel + "_port"]), timeout=5)
                peer.sendall(payload)
                peers.append(peer)
        self.assert_answers("silent or garbage peers block the kernel")
        fresh = self.km.client()
        fresh.start_channels()
        try:
            fresh.wait_for_ready(timeout=TIMEOUT)
        finally:
            fresh.stop_channels()
            for peer in peers:
                peer.close()

    def test_subscriber_that_does_not_read(self):
        lazy = self.socket("iopub", zmq.SUB)
        lazy.setsockopt(zmq.RCVHWM, 1)
        lazy.setsockopt(zmq.SUBSCRIBE, b"")
        time.sleep(0.2)  # libzmq subscribes in the background and tells nobody
        began = time.monotonic()
        for _ in range(20):
            got = self.run_cell('fmt.Print(strings.Repeat("x", 1000000))')
            self.assertEqual(len(got.text()), 1000000)
        self.assertLess(time.monotonic() - began, 20, "one lazy subscriber slows the others down")


if __name__ == "__main__":
    unittest.main()
