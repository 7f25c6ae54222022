// Package blockdev disturbs a file system that is on a device of its own: it
// fills it up, makes it read-only, slow or faulty, takes it away, or puts
// another state in its place.
//
// A file system is named by a folder in it: the root of the mount, best as
// /proc/self/fd/N of a folder that was checked to lie on the right device.
package blockdev
