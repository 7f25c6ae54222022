// Package keeper is the one process of a run that outlives maildrill: it makes
// the faults, holds their inverses, and takes everything down when maildrill is
// gone.
//
// It runs in a container with the engine's socket, the host's PID namespace and
// privileges, and without a network. maildrill holds its standard input: however
// maildrill ends, the keeper reads end-of-file, carries out the inverses that it
// still holds, and removes what carries the run's label. There is no way back to
// a keeper that was let go, so it does not wait: it begins at once and has the
// lease to finish.
//
// In the container, [New] and [Keeper.Run]; in maildrill, [NewClient].
//
// Promises: [Client.Hold] returns after the keeper has the inverse; inverses are
// idempotent; nothing without the run's label is touched.
package keeper
