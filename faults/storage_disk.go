package faults

import (
	"errors"
	"fmt"
	"time"
)

// failsWith is the sign of a fault that lets an attempt fail.
func failsWith(sign error) func(*Evidence, Felt, error) bool {
	return func(_ *Evidence, _ Felt, err error) bool { return errors.Is(err, sign) }
}

// newDisk makes a fault of the mechanism [Disks].
func newDisk(kind, volume string, params any, spec DiskSpec, try Touch, shows func(*Evidence, Felt, error) bool) onVolume {
	return onVolume{
		kind: kind, mechanism: Disks, volume: volume, shows: shows,
		spec: func(v Volume) any { spec.Volume = v.Name; return spec },
		try:  func(v Volume, rule string) Touch { try.Volume, try.Rule = v.Name, rule; return try },
	}
}

// beyondFree is how much more than is left free an attempt asks for. It is
// more than a file system rounds up to.
const beyondFree = 1 << 20

func newStorageFull(decode func(any) error) (Fault, error) {
	var with struct {
		Volume string `yaml:"volume"`
		Free   int    `yaml:"free"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if with.Free < 0 {
		return nil, fmt.Errorf("free is %d; valid: 0 or more", with.Free)
	}
	free := int64(with.Free)
	o := newDisk("storage.full", with.Volume, with, DiskSpec{Do: DiskFill, Free: free}, Touch{Try: TryRoom, Bytes: free + beyondFree}, failsWith(ErrNoSpace))
	o.fits = func(v Volume) error {
		if free > v.Size/2-beyondFree {
			return fmt.Errorf("volume %s has %d bytes: of these %d cannot be left free", v.Name, v.Size, free)
		}
		return nil
	}
	return newOnVolume(with, o)
}

func newStorageInodes(decode func(any) error) (Fault, error) {
	var with struct {
		Volume string `yaml:"volume"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	o := newDisk("storage.inodes", with.Volume, with, DiskSpec{Do: DiskExhaust}, Touch{Try: TryCreate}, failsWith(ErrNoSpace))
	o.fits = func(v Volume) error {
		if v.Type == "xfs" {
			return fmt.Errorf("volume %s is XFS, which makes inodes as they are needed: it cannot run out of them before it is full", v.Name)
		}
		return nil
	}
	return newOnVolume(with, o)
}

// onlyVolume are the parameters of a kind that has no others.
type onlyVolume struct {
	Volume string `yaml:"volume"`
}

func newStorageReadonly(decode func(any) error) (Fault, error) {
	var with onlyVolume
	if err := decode(&with); err != nil {
		return nil, err
	}
	return newOnVolume(with, newDisk("storage.readonly", with.Volume, with, DiskSpec{Do: DiskLock}, Touch{Try: TryCreate}, failsWith(ErrReadOnly)))
}

func newStorageLost(decode func(any) error) (Fault, error) {
	var with struct {
		Volume  string `yaml:"volume"`
		Lasting bool   `yaml:"lasting"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	shows := func(_ *Evidence, f Felt, _ error) bool { return f.Marked }
	return newOnVolume(with, newDisk("storage.disk-lost", with.Volume, with, DiskSpec{Do: DiskLose, Lasting: with.Lasting}, Touch{Try: TryMark}, shows))
}

func newStorageUnmounted(decode func(any) error) (Fault, error) {
	var with onlyVolume
	if err := decode(&with); err != nil {
		return nil, err
	}
	shows := func(_ *Evidence, f Felt, _ error) bool { return f.Elsewhere }
	return newOnVolume(with, newDisk("storage.unmounted", with.Volume, with, DiskSpec{Do: DiskUnmount}, Touch{Try: TryMark}, shows))
}

func newStorageError(decode func(any) error) (Fault, error) {
	with := struct {
		Volume string `yaml:"volume"`
		Share  string `yaml:"share"`
	}{Share: "100%"}
	if err := decode(&with); err != nil {
		return nil, err
	}
	part, err := share(with.Share)
	if err != nil || !(part > 0 && part <= 1) { // not a number is refused too
		return nil, fmt.Errorf("share is %q; valid: more than 0%%, up to 100%%", with.Share)
	}
	return newOnVolume(with, newDisk("storage.io-error", with.Volume, with, DiskSpec{Do: DiskFail, Share: part}, Touch{Try: TryCreate}, failsWith(ErrInputOutput)))
}

// slowest bounds a delay, so that a slip of the unit shows.
const slowest = time.Minute

func newStorageSlow(decode func(any) error) (Fault, error) {
	with := struct {
		Volume string        `yaml:"volume"`
		Delay  time.Duration `yaml:"delay"`
	}{Delay: 500 * time.Millisecond}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if with.Delay < 10*time.Millisecond || with.Delay > slowest {
		return nil, fmt.Errorf("delay is %v; valid: 10ms to %v", with.Delay, slowest)
	}
	spec := DiskSpec{Do: DiskSlow, Delay: int64(with.Delay)}
	shows := func(e *Evidence, f Felt, err error) bool {
		asked := spec.delay()
		e.Measured = []Measured{{What: "delay", Unit: "s", Asked: asked.Seconds(), Seen: f.Took.Seconds(), Within: near(asked, f.Took)}}
		return err == nil && f.Took >= asked*8/10
	}
	return newOnVolume(with, newDisk("storage.slow", with.Volume, with, spec, Touch{Try: TryCreate}, shows))
}

// near: within 10 % or 5 ms, whichever is more.
func near(asked, seen time.Duration) bool {
	return (seen - asked).Abs() <= max(asked/10, 5*time.Millisecond)
}
