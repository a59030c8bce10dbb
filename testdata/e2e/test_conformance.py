"""The Jupyter project's own conformance suite, filled in for Go. Nothing may be skipped."""
import unittest

import jupyter_kernel_test as jkt

KERNEL = "mole-kernel"


class Conformance(jkt.KernelTests):
    kernel_name = KERNEL
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oops")'
    completion_samples = [
        {"text": "fmt.Printl", "matches": {"Println"}},
        {"text": "strings.HasPre", "matches": {"HasPrefix"}},
        {"text": "math.Sq", "matches": {"Sqrt", "Sqrt2", "SqrtE", "SqrtPhi", "SqrtPi"}},
    ]
    complete_code_samples = ["x := 1", 'fmt.Println("a")', "func f() int {\n\treturn 1\n}", ""]
    incomplete_code_samples = ["func f() {", "if true {", "x := (1 +"]
    invalid_code_samples = ["x := := 3", "func func", ")"]
    code_generate_error = 'panic("boom")'
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": 'strings.ToUpper("mole")', "result": '"MOLE"'},
        {"code": "[]int{1, 2, 3}", "result": "[1 2 3]"},
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "1 + 2 + 4", "result": "7"},
    ]
    code_display_data = [
        {"code": 'nb.HTML("<b>bold</b>")', "mime": "text/html"},
        {"code": 'nb.Markdown("**bold**")', "mime": "text/markdown"},
        {"code": "nb.Display(struct{ X int }{1})", "mime": "text/plain"},
    ]
    code_history_pattern = "strings.ToUpper*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt.Println"
    code_clear_output = "nb.Clear(false)"
    code_page_something = "?fmt.Println"


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
