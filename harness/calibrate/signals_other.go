//go:build !unix

package calibrate

import (
	"errors"
	"os"
)

// freeze and thaw have no counterpart here.
func freeze(*os.Process) error { return errors.ErrUnsupported }
func thaw(*os.Process) error   { return errors.ErrUnsupported }
