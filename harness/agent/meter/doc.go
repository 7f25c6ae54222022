// Package meter measures the path between two network namespaces of this host
// with datagrams: how long each took one way (RFC 7679), which were lost (RFC
// 7680), came twice (RFC 5560) or out of order (RFC 4737). Both ends read the
// same clock.
package meter
