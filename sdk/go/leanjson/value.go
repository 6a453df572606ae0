package leanjson

import (
	"bytes"
	"encoding/json"
	"errors"
)

// AppendAny appends a value of any type. What is plain takes no reflection: nil,
// texts, truth values, numbers, lists and tables of them, and raw values. Anything
// else is written by encoding/json.
func AppendAny(b []byte, v any) ([]byte, error) { return appendAny(b, v, MaxDepth) }

func appendAny(b []byte, v any, depth int) ([]byte, error) {
	if depth < 0 {
		return b, errors.New("the value is nested too deep")
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return AppendText(b, v), nil
	case bool:
		return AppendBool(b, v), nil
	case float64:
		return AppendFloat(b, v)
	case int:
		return AppendInt(b, int64(v)), nil
	case int64:
		return AppendInt(b, v), nil
	case map[string]any:
		return appendMap(b, v, depth-1)
	case []any:
		return appendAnys(b, v, depth-1)
	case []string:
		return AppendTexts(b, v), nil
	case map[string]string:
		return AppendTextMap(b, v), nil
	case json.RawMessage:
		return AppendRaw(b, v)
	}
	return appendReflected(b, v)
}

// appendReflected lets encoding/json write a step's own type.
func appendReflected(b []byte, v any) ([]byte, error) {
	var document bytes.Buffer
	e := json.NewEncoder(&document)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return b, err
	}
	return append(b, bytes.TrimSuffix(document.Bytes(), []byte("\n"))...), nil
}
