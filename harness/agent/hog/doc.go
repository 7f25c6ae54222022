// Package hog takes memory in the control group of others until the kernel's OOM
// killer comes. [Run] spawns this binary once more ([Role]), puts it into the
// group, and lets it grow; the process ends with whoever spawned it.
package hog
