"""Completion, inspection and errors, as a front end sees them."""
import re

from harness import TIMEOUT, KernelCase

SLOW = "for { time.Sleep(time.Millisecond) }"


class Assist(KernelCase):
    def complete(self, marked):
        """Completes at the mark "|"; offsets are in code points."""
        code = marked.replace("|", "", 1)
        msg_id = self.kc.complete(code, marked.index("|"))
        content = self.answer(msg_id)
        self.assertEqual(content["status"], "ok")
        return content

    def inspect(self, marked, detail=0):
        code = marked.replace("|", "", 1)
        return self.answer(self.kc.inspect(code, marked.index("|"), detail))

    def answer(self, msg_id):
        while True:
            m = self.kc.get_shell_msg(timeout=TIMEOUT)
            if m["parent_header"].get("msg_id") == msg_id:
                return m["content"]

    def test_completion_has_types_and_signatures(self):
        self.run_cell("type Point struct{ X, Y int }\nfunc (p Point) Norm() float64 { return 0 }\np := Point{}")
        content = self.complete("p.|")
        self.assertEqual(content["matches"], ["Norm", "X", "Y"])
        types = content["metadata"]["_jupyter_types_experimental"]
        self.assertEqual([(t["text"], t["type"], t["signature"]) for t in types][:2],
                         [("Norm", "method", "func() float64"), ("X", "field", "int")])

    def test_offsets_are_code_points(self):
        self.run_cell("numbers := []int{1}")
        content = self.complete("s := \"😀😀\"; len(numb|)")
        self.assertEqual((content["matches"][0], content["cursor_start"], content["cursor_end"]), ("numbers", 15, 19))
        self.assertTrue(self.inspect("/* 😀 */ numb|ers")["found"])

    def test_what_is_expected_comes_first(self):
        self.run_cell("type Level int\nconst (\n\tLow Level = iota\n\tHigh\n)\nfunc set(l Level) {}\nzone := 1")
        self.assertEqual(self.complete("set(|)")["matches"][:2], ["High", "Low"])
        self.assertEqual(self.complete("func f() {\n\tswitch Low {\n\tcase |")["matches"][:2], ["High", "Low"])

    def test_typing_does_not_wait_for_a_running_cell(self):
        self.run_cell("number := 1")
        msg_id = self.send(SLOW)
        self.assertEqual(self.complete("numb|")["matches"], ["number"])
        self.assertIn("when no cell runs", self.inspect("number|")["data"]["text/plain"])
        self.km.interrupt_kernel()
        self.finish(msg_id)

    def test_inspection_shows_the_value(self):
        self.run_cell("// where it is\nplace := map[string]int{\"b\": 2, \"a\": 1}")
        data = self.inspect("pla|ce")["data"]
        for text in ("var place map[string]int", 'place = map["a":1 "b":2]', "where it is", "bytes"):
            self.assertIn(text, data["text/plain"])
            self.assertIn(text, data["text/markdown"])

    def test_signature_help_marks_the_parameter(self):
        data = self.inspect("strings.Replace(\"abc\", |")["data"]
        self.assertIn("**`old string`**", data["text/markdown"])
        self.assertRegex(data["text/plain"], r"Replace\(s string, old string, new string, n int\) string\n +\^{10}\n")

    def test_detail_shows_the_source(self):
        self.run_cell("func twice(n int) int {\n\treturn 2 * n\n}")
        self.assertNotIn("return 2", self.inspect("twice|")["data"]["text/plain"])
        self.assertIn("return 2 * n", self.inspect("twice|", 1)["data"]["text/plain"])

    def test_question_marks_ask_for_help(self):
        self.run_cell("func twice(n int) int {\n\treturn 2 * n\n}")
        for code, want in (("?twice", "func twice(n int) int"), ("twice?", "func twice(n int) int"), ("twice??", "return 2 * n"),
                           ("?fmt.Println", "default formats")):
            (payload,) = self.run_cell(code).reply["payload"]
            self.assertIn(want, payload["data"]["text/plain"])


class Errors(KernelCase):
    def traceback(self, code):
        got = self.run_cell(code)
        self.assertEqual(got.status, "error")
        return re.sub("\x1b\\[[0-9;]*m", "", "\n".join(got.reply["traceback"]))

    def test_all_errors_are_told_with_marks_and_hints(self):
        text = self.traceback("fmt.Printn(1)\n\tx = 1\ny := None")
        for want in ("did you mean Println?", "     | \t^\n", "x := … declares", "nil is Go's None"):
            self.assertIn(want, text)

    def test_a_panic_shows_lines_and_values(self):
        text = self.traceback("list := []int{1, 2}\nindex := 5\nlist[index]")
        for want in ("-->    3 | list[index]", "with list = [1 2], index = 5"):
            self.assertIn(want, text)
