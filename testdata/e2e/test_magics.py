"""Magics and shells, as a front end sees them."""
import time
import unittest

from harness import TIMEOUT, KernelCase


class Shell(KernelCase):
    def test_output_comes_while_the_command_runs(self):
        msg_id = self.send("!echo first; sleep 2; echo second")
        first = self.until(msg_id, lambda m: m["msg_type"] == "stream")
        began = time.monotonic()
        self.assertEqual(first[-1]["content"]["text"], "first\n")
        got = self.finish(msg_id)
        self.assertGreater(time.monotonic() - began, 1, "the first line was held back")
        self.assertEqual((got.status, got.text()), ("ok", "second\n"))

    def test_order_of_go_shell_and_displays(self):
        got = self.run_cell('fmt.Println("a")\n!echo b; sleep 0.1; echo c >&2; sleep 0.1; echo d\nnb.Display(1)\n!echo e')
        self.assertEqual(got.status, "ok")
        shown = [
            m["content"].get("text") or m["content"]["data"]["text/plain"]
            for m in got.messages
            if m["msg_type"] in ("stream", "display_data")
        ]
        self.assertEqual("".join(shown), "a\nb\nc\nd\n1e\n")
        self.assertEqual(got.text("stderr"), "c\n")

    def test_interrupt(self):
        self.run_cell("kept := 41")
        msg_id = self.send("!echo begun; sleep 60")
        self.until(msg_id, lambda m: m["msg_type"] == "stream")
        began = time.monotonic()
        self.km.interrupt_kernel()
        got = self.finish(msg_id)
        self.assertEqual((got.status, got.reply.get("ename")), ("error", "Interrupted"))
        self.assertLess(time.monotonic() - began, 3)
        self.assertEqual(self.value("kept + 1"), "42")

    def test_a_failing_command_stops_what_waits(self):
        msg_id = self.send("x := 1\n!sleep 0.5; exit 7\nx = 2")
        waiting = self.kc.execute("x = 3", stop_on_error=True)
        got = self.finish(msg_id)
        self.assertEqual((got.status, got.reply["ename"]), ("error", "ShellError"))
        self.assertIn("exit status 7", got.reply["evalue"])
        self.assertIn("line 2", "\n".join(got.reply["traceback"]))
        self.assertEqual(self.finish(waiting).status, "aborted")
        self.assertEqual(self.value("x"), "1")

    def test_a_command_reads_nothing(self):
        self.assertEqual(self.run_cell("!cat; echo end").text(), "end\n")


class Magics(KernelCase):
    def test_help_is_a_table(self):
        got = self.run_cell("%help")
        data = [m["content"]["data"] for m in got.messages if m["msg_type"] == "execute_result"][0]
        self.assertIn("%%writefile", data["text/plain"])
        self.assertIn("| `%time", data["text/markdown"])

    def test_load_sets_the_next_input(self):
        self.run_cell("dir, _ := os.MkdirTemp(\"\", \"load\")\nos.Chdir(dir)")
        self.run_cell("%%writefile text.go\nx := 1")
        got = self.run_cell("%load text.go")
        (payload,) = got.reply["payload"]
        self.assertEqual((payload["source"], payload["replace"]), ("set_next_input", True))
        self.assertTrue(payload["text"].endswith("\nx := 1\n"))

    def test_question_mark_explains(self):
        got = self.run_cell("%time?")
        self.assertIn("%time code", got.reply["payload"][0]["data"]["text/plain"])

    def test_completion(self):
        self.kc.complete("%wh", 3)
        content = self.kc.get_shell_msg(timeout=TIMEOUT)["content"]
        self.assertEqual((content["matches"], content["cursor_start"]), (["%who"], 0))

    def test_reset(self):
        self.run_cell("x := 1")
        self.assertIn("variables x", self.run_cell("%reset").text())
        self.assertEqual(self.run_cell("x").status, "error")
        self.assertEqual(self.value('x := "new"\nx'), '"new"')

    def test_an_unknown_magic_says_what_exists(self):
        got = self.run_cell("%tiem f()")
        self.assertEqual(got.reply["ename"], "MagicError")
        self.assertIn("did you mean %time?", got.reply["evalue"])


class Values(KernelCase):
    def test_a_large_value_is_a_small_message(self):
        for code in ("make([]int, 100_000_000)", "make([]struct{ A, B int }, 1_000_000)"):
            got = self.run_cell(code)
            data = [m["content"]["data"] for m in got.messages if m["msg_type"] == "execute_result"][0]
            self.assertLess(sum(len(v) for v in data.values()), 100_000)
            self.assertIn("<table>", data["text/html"])


if __name__ == "__main__":
    unittest.main()
