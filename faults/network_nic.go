package faults

import "errors"

// InterfaceSpec is a rule on the network interfaces of a node: all but the
// loopback are down.
type InterfaceSpec struct {
	Down bool `json:"down"`
}

func newNICDown(decode func(any) error) (Fault, error) {
	if err := decode(&struct{}{}); err != nil {
		return nil, err
	}
	c := closed{in: []error{ErrUnreachable}}
	return newRuled("net.nic-down", nil, &ruled{
		mechanism: Interfaces,
		check: func(t Target) error {
			if len(first(t, func(Peer) bool { return true })) == 0 {
				return errors.New("there is no other node to be cut off from")
			}
			return nil
		},
		place: func(t Target) ([]placed, error) { return []placed{{t.Node, InterfaceSpec{Down: true}}}, nil },
		sees:  c.sees,
	})
}
