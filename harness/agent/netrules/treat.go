package netrules

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
	"golang.org/x/sys/unix"

	"maildrill/faults"
)

// Treat lets a rule stand that hands its packets to the queue of a number, as
// [Filter] does with one that ends them. While nobody listens there, they pass.
// Packets with the mark are left alone. With a class of netem, what leaves is
// given to that, and only what comes in to the queue.
func Treat(namespace, prefix, id string, spec faults.PacketSpec, ttl time.Duration, queue uint16, mark uint32, class *Emulated) error {
	if !spec.Treats() {
		return fmt.Errorf("packets: action %q; valid: %q", spec.Action, faults.Treatments)
	}
	unmarked := []expr.Any{
		&expr.Meta{Key: expr.MetaKeyMARK, Register: 1},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: native(mark)},
	}
	var errs []error
	for _, last := range toQueue(queue) {
		err := install(namespace, prefix, id, spec, ttl, unmarked, func(chain string) []expr.Any {
			if class != nil && strings.HasPrefix(chain, "output") {
				return class.toClass()
			}
			return []expr.Any{last}
		})
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return fmt.Errorf("the kernel takes neither the queue of nftables (CONFIG_NFT_QUEUE) nor that of xtables (CONFIG_NFT_COMPAT, CONFIG_NETFILTER_XT_TARGET_NFQUEUE): %w", errors.Join(errs...))
}

// toQueue are the ways to hand a packet to user space: that of nftables, and the
// target of xtables that it can use.
func toQueue(number uint16) []expr.Any {
	const bypass = 1 // NFQ_FLAG_BYPASS, as of struct xt_NFQ_info_v3: number, total, flags
	info := make(xt.Unknown, 8)
	binary.NativeEndian.PutUint16(info, number)
	binary.NativeEndian.PutUint16(info[2:], 1)
	binary.NativeEndian.PutUint16(info[4:], bypass)
	return []expr.Any{
		&expr.Queue{Num: number, Total: 1, Flag: unix.NFT_QUEUE_FLAG_BYPASS},
		&expr.Target{Name: "NFQUEUE", Rev: 3, Info: &info},
	}
}
