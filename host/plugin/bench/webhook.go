package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
)

// openWebhook posts the document to another process, over a connection that is kept.
func openWebhook(s *setup) (call, error) {
	address, err := s.startWebhook()
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{}}
	s.onClose(func() error { client.CloseIdleConnections(); return nil })
	return func() (answer, error) {
		output, err := post(s, client, "http://"+address)
		return answer{output: output}, err
	}, nil
}

// startWebhook starts the process and reads its address.
func (s *setup) startWebhook() (string, error) {
	path, err := s.helper("webhook")
	if err != nil {
		return "", err
	}
	process := exec.CommandContext(s.ctx, path)
	stdin, err := process.StdinPipe()
	if err != nil {
		return "", err
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := process.Start(); err != nil {
		return "", fmt.Errorf("start the webhook: %w", err)
	}
	s.onClose(func() error { stdin.Close(); return process.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("read the webhook's address: %w", err)
	}
	return strings.TrimSpace(line), nil
}

func post(s *setup, client *http.Client, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(s.ctx, http.MethodPost, url, bytes.NewReader(s.document))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the webhook answered %s", response.Status)
	}
	return io.ReadAll(response.Body)
}
