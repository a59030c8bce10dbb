package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

// memoryVariable limits the memory that the values of a notebook may take. The kernelspec
// sets it after mole-kernel install --memory.
const memoryVariable = "MOLE_MEMORY"

// memoryHelp is the help of the flags --memory.
const memoryHelp = "limit the memory of the notebook's values, e.g. `SIZE` 4G, or none (default: three quarters of the machine's, or $" + memoryVariable + ")"

// memoryLimit reads a size as session.Options has it, from a flag or else from the
// environment: 512M, 4G, 4GiB, plain bytes, or none.
func memoryLimit(flag string) (int64, error) {
	text := flag
	if text == "" {
		text = os.Getenv(memoryVariable)
	}
	switch strings.ToLower(text) {
	case "":
		return 0, nil
	case "none", "off":
		return -1, nil
	}
	number := strings.TrimRight(strings.ToLower(text), "ib")
	unit := 1.0
	if n := len(number); n > 0 {
		if i := strings.IndexByte("kmgt", number[n-1]); i >= 0 {
			number, unit = number[:n-1], math.Pow(1024, float64(i+1))
		}
	}
	size, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if bytes := size * unit; err == nil && bytes >= smallestLimit && bytes < math.MaxInt64 {
		return int64(bytes), nil
	}
	return 0, fmt.Errorf("the memory limit is %q: give a size of at least 64M, such as 512M or 4G, or none", text)
}

// smallestLimit is what a worker needs to start.
const smallestLimit = 64 << 20
