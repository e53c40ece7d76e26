// Reads stacks' configuration files with the engine's own code. One JSON string per line of standard input is one
// file's text; one JSON object per line of standard output is what the engine makes of it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"gopkg.in/yaml.v3"
)

// reading is what the engine makes of a file: its whole data and the configuration as a program gets it, or an error.
type reading struct {
	Error    string            `json:"error,omitempty"`
	Document any               `json:"document,omitempty"`
	Config   map[string]string `json:"config,omitempty"`
	Secrets  []string          `json:"secrets,omitempty"`
}

func read(text string) (result reading) {
	// The engine ends with a stack trace where its code panics; that is a refusal too.
	defer func() {
		if problem := recover(); problem != nil {
			result = reading{Error: fmt.Sprintf("panic: %v", problem)}
		}
	}()
	if len(text) >= 3 && text[:3] == "\xef\xbb\xbf" {
		text = text[3:]
	}
	project := &workspace.Project{Name: "project"}
	stack, err := workspace.LoadProjectStackBytes(nil, project, []byte(text), "Pulumi.dev.yaml", encoding.YAML)
	if err != nil {
		return reading{Error: err.Error()}
	}
	var document any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return reading{Error: err.Error()}
	}
	result = reading{Document: plain(document), Config: map[string]string{}}
	for key, value := range stack.Config {
		if value.Secure() {
			result.Secrets = append(result.Secrets, key.String())
			continue
		}
		decrypted, err := value.Value(config.NopDecrypter)
		if err != nil {
			return reading{Error: err.Error()}
		}
		result.Config[key.String()] = decrypted
	}
	return result
}

// plain is the data as JSON can say it.
func plain(value any) any {
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for key, item := range value {
			all[key] = plain(item)
		}
		return all
	case map[any]any:
		all := map[string]any{}
		for key, item := range value {
			all[fmt.Sprint(key)] = plain(item)
		}
		return all
	case []any:
		all := make([]any, len(value))
		for index, item := range value {
			all[index] = plain(item)
		}
		return all
	case time.Time:
		return value.String()
	case float64:
		if _, err := json.Marshal(value); err != nil {
			return fmt.Sprint(value)
		}
	}
	return value
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	decoder := json.NewDecoder(in)
	for decoder.More() {
		var text string
		if err := decoder.Decode(&text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := encoder.Encode(read(text)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}
