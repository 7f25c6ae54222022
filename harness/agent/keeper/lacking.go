package keeper

import (
	"errors"

	"maildrill/harness/agent/mux"
)

// unsupported is the code of an error that wraps [errors.ErrUnsupported]: the
// host lacks what was ordered, as EOPNOTSUPP and ENOSYS say too.
const unsupported = "unsupported"

// coded lets maildrill tell what the host lacks from what went wrong.
func coded(err error) error {
	if errors.Is(err, errors.ErrUnsupported) {
		return &mux.Failure{Code: unsupported, Text: err.Error()}
	}
	return err
}

// decoded is the other end of [coded].
func decoded(err error) error {
	var f *mux.Failure
	if errors.As(err, &f) && f.Code == unsupported {
		return lacking{err}
	}
	return err
}

// lacking is an error that wraps [errors.ErrUnsupported] and reads as it did in
// the keeper.
type lacking struct{ error }

func (l lacking) Unwrap() []error { return []error{l.error, errors.ErrUnsupported} }
