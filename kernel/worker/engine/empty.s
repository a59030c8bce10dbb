// This file makes the body-less declarations of rtype.go legal on every architecture.
