// Package images makes the container images that a drill runs: one for each
// kind of mail server, and one of maildrill's own binary.
//
// Call [Ensure] before a drill: it builds what is missing and is quick when
// nothing is. A server image is named after the hash of its recipe, so a
// changed recipe is built anew and an old image is never mistaken for it.
// [Agent] wraps a static binary. [Build], [Save], [Load] and [List] are for
// people: build afresh, carry to a host without package mirrors, look.
//
// Every image carries the label maildrill=image. Nothing else is left behind.
package images
