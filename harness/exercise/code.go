package exercise

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// CodeSum is the SHA-256 of a one-time code as people type it: without regard to
// case, spaces and hyphens. The log has nothing else of a code.
func CodeSum(code string) string {
	plain := strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(strings.TrimSpace(code)))
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}
