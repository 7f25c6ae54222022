package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// validate is the part of JSON Schema 2020-12 that our schema uses. It gives
// the first reason why v does not fit, or "".
func validate(root, s map[string]any, v any) string {
	if ref, ok := s["$ref"].(string); ok {
		s = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
		return validate(root, s, v)
	}
	for _, check := range []func(root, s map[string]any, v any) string{checkBranches, checkScalar, checkArray, checkObject} {
		if reason := check(root, s, v); reason != "" {
			return reason
		}
	}
	return ""
}

func checkBranches(root, s map[string]any, v any) string {
	if condition, ok := s["if"].(map[string]any); ok {
		branch := "else"
		if validate(root, condition, v) == "" {
			branch = "then"
		}
		if sub, ok := s[branch].(map[string]any); ok {
			if reason := validate(root, sub, v); reason != "" {
				return reason
			}
		}
	}
	for _, sub := range list(s["allOf"]) {
		if reason := validate(root, sub.(map[string]any), v); reason != "" {
			return reason
		}
	}
	if subs := list(s["anyOf"]); len(subs) > 0 && !slices.ContainsFunc(subs, func(sub any) bool {
		return validate(root, sub.(map[string]any), v) == ""
	}) {
		return fmt.Sprintf("%v fits none of %v", v, subs)
	}
	fits := 0
	for _, sub := range list(s["oneOf"]) {
		if validate(root, sub.(map[string]any), v) == "" {
			fits++
		}
	}
	if len(list(s["oneOf"])) > 0 && fits != 1 {
		return fmt.Sprintf("%v fits %d of oneOf %v", v, fits, s["oneOf"])
	}
	return ""
}

func checkScalar(_, s map[string]any, v any) string {
	types := list(s["type"])
	if one, ok := s["type"].(string); ok {
		types = []any{one}
	}
	if len(types) > 0 && !slices.ContainsFunc(types, func(t any) bool { return isType(v, t.(string)) }) {
		return fmt.Sprintf("%v is none of %v", v, types)
	}
	if c, ok := s["const"]; ok && c != v {
		return fmt.Sprintf("%v is not %v", v, c)
	}
	if enum := list(s["enum"]); enum != nil && !slices.Contains(enum, v) {
		return fmt.Sprintf("%v is none of %v", v, enum)
	}
	if text, ok := v.(string); ok && s["pattern"] != nil && !regexp.MustCompile(s["pattern"].(string)).MatchString(text) {
		return fmt.Sprintf("%q does not match %v", text, s["pattern"])
	}
	n, number := v.(float64)
	if least, ok := s["minimum"].(float64); ok && number && n < least {
		return fmt.Sprintf("%v is below %v", n, least)
	}
	if most, ok := s["maximum"].(float64); ok && number && n > most {
		return fmt.Sprintf("%v is above %v", n, most)
	}
	return ""
}

func isType(v any, t string) bool {
	switch x := v.(type) {
	case string:
		return t == "string"
	case bool:
		return t == "boolean"
	case float64:
		return t == "number" || t == "integer" && x == math.Trunc(x)
	case []any:
		return t == "array"
	case map[string]any:
		return t == "object"
	}
	return t == "null"
}

func checkArray(root, s map[string]any, v any) string {
	items, ok := v.([]any)
	if !ok {
		return ""
	}
	for i, x := range items {
		if s["uniqueItems"] == true && slices.Contains(items[:i], x) {
			return fmt.Sprintf("%v is twice in the list", x)
		}
		if sub, ok := s["items"].(map[string]any); ok {
			if reason := validate(root, sub, x); reason != "" {
				return reason
			}
		}
	}
	return ""
}

func checkObject(root, s map[string]any, v any) string {
	o, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	for _, key := range list(s["required"]) {
		if _, ok := o[key.(string)]; !ok {
			return fmt.Sprintf("%v is missing", key)
		}
	}
	properties, _ := s["properties"].(map[string]any)
	for key, x := range o {
		if names, ok := s["propertyNames"].(map[string]any); ok {
			if reason := validate(root, names, key); reason != "" {
				return reason
			}
		}
		sub, known := properties[key].(map[string]any)
		if !known && s["additionalProperties"] == false {
			return fmt.Sprintf("unknown key %s", key)
		}
		if rest, ok := s["additionalProperties"].(map[string]any); ok && !known {
			sub = rest
		}
		if reason := validate(root, sub, x); reason != "" {
			return key + ": " + reason
		}
	}
	return ""
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}
