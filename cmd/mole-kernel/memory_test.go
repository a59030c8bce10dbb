package main

import "testing"

func TestMemoryLimitsAreRead(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "none": -1, "off": -1, "512M": 512 << 20, "512mb": 512 << 20, "4G": 4 << 30, "4GiB": 4 << 30, "1.5g": 3 << 29,
		"2T": 2 << 40, "1073741824": 1 << 30, "100000 k": 100000 << 10,
	} {
		if got, err := memoryLimit(text); err != nil || got != want {
			t.Errorf("%q is %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"much", "4X", "-1G", "1M", "G", "NaN", "Inf", "9e30"} {
		if got, err := memoryLimit(text); err == nil {
			t.Errorf("%q is %d, want an error", text, got)
		}
	}
	t.Setenv(memoryVariable, "1G")
	if got, _ := memoryLimit(""); got != 1<<30 {
		t.Errorf("from the environment: %d", got)
	}
	if got, _ := memoryLimit("2G"); got != 2<<30 {
		t.Errorf("a flag beside the environment: %d", got)
	}
}
