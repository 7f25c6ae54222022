package harness

import (
	"fmt"

	"maildrill/harness/planning"
)

// collision tells why a fault cannot be held beside another; empty: it can.
func collision(held, next planning.Step) string {
	for _, on := range next.Targets {
		for _, at := range held.Targets {
			if why, found := planning.Collide(next, on, held, at); found {
				return fmt.Sprintf("%s on %s would meet %s, which is held on %s: %s, so the two cannot be told apart", next.Kind.ID, on.Name, held.ID, at.Name, why)
			}
		}
	}
	return ""
}
