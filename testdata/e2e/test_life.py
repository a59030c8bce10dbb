"""Interrupt, restart, shutdown, and cells that would end a process."""
import os
import signal
import time
import unittest

import psutil
from harness import TIMEOUT, KernelCase


class Interrupt(KernelCase):
    def stopped(self, code):
        self.assertEqual(self.run_cell("kept := 41").status, "ok")
        msg_id = self.send(code)
        time.sleep(0.3)  # the cell has begun; now it is in the middle
        began = time.monotonic()
        self.km.interrupt_kernel()
        got = self.finish(msg_id)
        took = time.monotonic() - began
        self.assertEqual((got.status, got.reply.get("ename")), ("error", "Interrupted"))
        self.assertLess(took, 2, "the interrupt took too long")
        self.assertEqual(self.value("kept + 1"), "42", "the values are gone")

    def test_busy_loop(self):
        self.stopped("for {\n}")

    def test_busy_work(self):
        self.stopped("n := 0\nfor {\n\tn++\n}")

    def test_sleep(self):
        self.stopped("time.Sleep(30 * time.Second)")

    def test_channel(self):
        self.stopped("<-make(chan int)")

    def test_the_second_interrupt_ends_a_compiled_call(self):
        self.run_cell("kept := 41\nfunc twice(n int) int { return 2 * n }")
        msg_id = self.send("r, _, _ := os.Pipe()\nr.Read(make([]byte, 1))")
        time.sleep(0.3)
        self.km.interrupt_kernel()
        got = self.finish(msg_id)
        self.assertIn("left behind: r.Read", got.reply["evalue"])
        self.assertEqual(self.value("kept + 1"), "42", "the first interrupt lost the values")
        self.km.interrupt_kernel()
        self.until(msg_id, lambda m: m["msg_type"] == "stream" and "Lost are the values of kept" in m["content"]["text"])
        self.assertEqual(self.value("twice(21)"), "42", "the declarations are gone")

    def test_training_returns_the_report_so_far(self):
        self.run_cell(
            "train, _ := data.Digits().Split(0.2, 1)\n"
            "trainer, _ := mole.NewTrainer(mole.MLP(64, 128, 64, 10), train, mole.Options{Seed: 1, Epochs: 100000})"
        )
        self.stopped("report, err := trainer.Run(nb.Context())\nnb.Check(err)")
        self.assertEqual(self.value("len(trainer.Report().Metrics()) > 0"), "true")

    def test_idle_kernel_survives(self):
        for _ in range(3):
            self.km.interrupt_kernel()
            os.kill(self.km.provisioner.pid, signal.SIGINT)
        time.sleep(0.5)  # an interrupt that is still on its way would stop the next cell
        self.assert_answers()

    def test_next_cells_are_aborted_and_later_ones_run(self):
        msg_id = self.send("for {\n}")
        waiting = self.kc.execute("1 + 1")
        time.sleep(0.3)
        self.km.interrupt_kernel()
        self.assertEqual(self.finish(msg_id).status, "error")
        self.assertEqual(self.finish(waiting).status, "aborted")
        self.assert_answers()


class Life(KernelCase):
    def children(self):
        kernel = psutil.Process(self.km.provisioner.pid)
        return [kernel, *kernel.children(recursive=True)]

    def gone(self, processes):
        _, alive = psutil.wait_procs(processes, timeout=10)
        self.assertEqual(alive, [], "processes are left behind")

    def test_restart_forgets_values_and_leaves_nothing(self):
        self.assertEqual(self.value("x := 1; x"), "1")
        before = self.children()
        self.km.restart_kernel(now=False)
        self.kc.wait_for_ready(timeout=TIMEOUT)
        self.gone(before)
        self.assertEqual(self.run_cell("x").status, "error")
        self.assert_answers()

    def test_shutdown_leaves_nothing(self):
        self.assert_answers()
        processes = self.children()
        self.kc.stop_channels()
        self.km.shutdown_kernel(now=False)
        self.gone(processes)

    def test_shutdown_while_a_cell_loops(self):
        self.send("for {\n}")
        processes = self.children()
        self.kc.stop_channels()
        self.km.shutdown_kernel(now=False)
        self.gone(processes)

    def test_killed_kernel_leaves_no_worker(self):
        self.send("for {\n}")
        processes = self.children()
        os.kill(processes[0].pid, 9)
        self.gone(processes)


class Fatal(KernelCase):
    def fatal(self, code, hint=None, timeout=TIMEOUT):
        self.assertEqual(self.run_cell("func twice(n int) int { return 2 * n }").status, "ok")
        got = self.run_cell(code, timeout)
        self.assert_answers()
        self.assertEqual(self.value("twice(21)"), "42", "the declarations are gone")
        return got

    def test_panic(self):
        got = self.fatal('panic("boom")')
        self.assertEqual(got.status, "error")
        self.assertIn("boom", got.reply["evalue"])

    def test_panic_in_a_goroutine(self):
        self.fatal('go func() { panic("boom") }()\ntime.Sleep(200 * time.Millisecond)')

    def test_nil_map_in_a_goroutine(self):
        self.fatal('go func() { var m map[string]int; m["a"] = 1 }()\ntime.Sleep(200 * time.Millisecond)')

    def test_endless_recursion(self):
        got = self.fatal("func down(n int) int { return down(n+1) + 1 }\ndown(0)", timeout=60)
        self.assertEqual(got.status, "error")

    def test_exit(self):
        self.assertEqual(self.fatal("os.Exit(3)").status, "error")

    def test_too_much_memory(self):
        self.assertEqual(self.fatal("huge := make([]byte, 1<<45)\nlen(huge)").status, "error")

    def test_errors_name_the_line_of_the_cell(self):
        got = self.run_cell('x := 1\ny := "a"\nx + y')
        self.assertEqual(got.status, "error")
        self.assertIn("3:1", "\n".join(got.reply["traceback"]))


class Output(KernelCase):
    def test_lines_are_joined_and_none_is_lost(self):
        got = self.run_cell('for i := 0; i < 100000; i++ {\n\tfmt.Println("line", i)\n}', timeout=60)
        lines = got.text().splitlines()
        self.assertEqual(len(lines), 100000)
        self.assertEqual((lines[0], lines[-1]), ("line 0", "line 99999"))
        streams = [m for m in got.messages if m["msg_type"] == "stream"]
        self.assertLessEqual(len(streams), 100)

    def test_characters_are_never_cut(self):
        got = self.run_cell('fmt.Print(strings.Repeat("日本😀é", 300000))', timeout=60)
        self.assertEqual(got.text(), "日本😀é" * 300000)

    def test_order_of_prints_and_displays(self):
        got = self.run_cell('fmt.Print("a")\nnb.Display(1)\nfmt.Print("b")\nnb.Display(2)\nfmt.Print("c")')
        kinds = [m["msg_type"] for m in got.messages if m["msg_type"] in ("stream", "display_data")]
        self.assertEqual(kinds, ["stream", "display_data", "stream", "display_data", "stream"])

    def test_input_is_asked_for(self):
        msg_id = self.kc.execute('name, _ := nb.Input("name? ")\nname', allow_stdin=True)
        ask = self.kc.get_stdin_msg(timeout=TIMEOUT)
        self.assertEqual(ask["content"], {"prompt": "name? ", "password": False})
        self.kc.input("mole")
        self.assertEqual(self.finish(msg_id).result, '"mole"')


class StandardInput(KernelCase):
    def typed(self, code, *lines):
        """Runs a cell, types the lines and returns the prompts and what it did."""
        msg_id, prompts = self.kc.execute(code, allow_stdin=True), []
        for line in lines:
            prompts.append(self.kc.get_stdin_msg(timeout=TIMEOUT)["content"]["prompt"])
            self.kc.input(line)
        return prompts, self.finish(msg_id)

    def test_scan_asks_with_the_line_that_was_begun(self):
        prompts, got = self.typed('var name string\nfmt.Print("Name: ")\nfmt.Scan(&name)\nfmt.Println("hello", name)', "Ada")
        self.assertEqual((prompts, got.text()), (["Name: "], "hello Ada\n"))

    def test_scanner_asks_for_each_line(self):
        code = 's := bufio.NewScanner(os.Stdin)\nfor s.Scan() {\n\tfmt.Println("<" + s.Text() + ">")\n}'
        _, got = self.typed(code, "one", "two 😀", "\x04")  # as jupyter console sends Ctrl-D
        self.assertEqual((got.status, got.text()), ("ok", "<one>\n<two 😀>\n"))

    def test_an_interrupt_ends_the_wait(self):
        self.run_cell("kept := 41")
        msg_id = self.kc.execute("for {\n\tvar word string\n\tfmt.Scan(&word)\n}", allow_stdin=True)
        self.kc.get_stdin_msg(timeout=TIMEOUT)
        self.km.interrupt_kernel()
        self.assertEqual(self.finish(msg_id).reply.get("ename"), "Interrupted")
        self.assertEqual(self.value("kept + 1"), "42")

    def test_a_front_end_that_cannot_ask_is_an_error(self):
        got = self.run_cell("var word string\nfmt.Scan(&word)", allow_stdin=False)
        self.assertEqual(got.reply.get("ename"), "InputError")
        self.assertIn("front end cannot ask", got.reply["evalue"])


if __name__ == "__main__":
    unittest.main()
