package mta

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// sequence makes queue ids, unique over all lives of a node.
type sequence struct{ n atomic.Uint64 }

func (s *sequence) next() string {
	id := strconv.FormatInt(time.Now().UnixNano(), 36) + strconv.FormatUint(s.n.Add(1)%1296, 36)
	return strings.ToUpper(id)
}
