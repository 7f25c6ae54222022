// Package agent is maildrill inside the drill: what its own static binary does
// in the containers that are made from it.
//
//	maildrill agent hold      owns a node's network namespace, and does nothing else
//	maildrill agent dns       answers for the drill's zones
//	maildrill agent outside   dials and listens for maildrill, over its standard input and output
//	maildrill agent keeper    makes faults, holds inverses, clears up when maildrill is gone
//
// [Main] is the entry point of all of them. Their configuration is JSON in the
// environment variable [Env]; standard output belongs to the session, so every
// word for people goes to standard error.
package agent
