#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A model server of the OpenAI kind, on the loopback interface only, that answers as late as it is told.
//
//   node fake_model.js PORT LOGFILE
//
// The newest line of the user that has such words rules. The answer is as late as "delay=SECONDS" says, else 0.2 s; with
// "until=WORD" it lasts until a file released.WORD is beside LOGFILE. While it waits it sends one token a second, so that
// idle time-outs do not fire. With "say=TEXT" TEXT is the answer, to the end of the line; "\n" in it makes a new line. Each
// request is one JSON line in LOGFILE, with the message.
'use strict';
const http = require('http');
const fs = require('fs');
const path = require('path');

const port = Number(process.argv[2]);
const logFile = process.argv[3];
let requests = 0;

const LONGEST_MS = 3600 * 1000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function log(fields) {
  fs.appendFileSync(logFile, JSON.stringify({ time: new Date().toISOString(), ...fields }) + '\n');
}

function textOf(content) {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part) => part.text || '').join('\n') : '';
}

// What the user said since the model's last answer.
function lastUserText(messages) {
  const start = messages.map((message) => message.role).lastIndexOf('assistant') + 1;
  const users = messages.slice(start).filter((message) => message.role === 'user');
  return users.map((message) => textOf(message.content)).join('\n');
}

// The orders of the newest message: OpenClaw puts older ones that were never answered before it.
function ordersOf(text) {
  return text.split('\n').filter((line) => /\b(delay|until|say)=/.test(line)).pop() || '';
}

// What the last NAME=... of the newest orders says.
function lastOf(text, pattern) {
  const found = [...ordersOf(text).matchAll(pattern)].pop();
  return found && found[1];
}

function delayOf(text) {
  return Number(lastOf(text, /delay=([0-9.]+)/g) || 0.2) * 1000;
}

// Tells whether the answer may go.
function gateOf(text) {
  const word = lastOf(text, /until=(\w+)/g);
  if (!word) return () => true;
  const file = path.join(path.dirname(logFile), 'released.' + word);
  return () => fs.existsSync(file);
}

function answerOf(text, id) {
  const say = lastOf(text, /say=(.*)/g);
  return say ? say.replaceAll('\\n', '\n') : 'pong ' + id;
}

function sendJson(response, value) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

async function streamAnswer(response, head, delayMs, mayGo, answer, usage) {
  let gone = false;
  response.on('close', () => { gone = true; });
  const send = (fields) => {
    if (!gone) response.write('data: ' + JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields }) + '\n\n');
  };
  const token = (delta, finish) => send({ choices: [{ index: 0, delta, finish_reason: finish || null }] });
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  token({ role: 'assistant', content: '' });
  const end = Date.now() + delayMs;
  const waits = () => Date.now() < end || (!mayGo() && Date.now() < end + LONGEST_MS);
  while (!gone && waits()) {
    await sleep(Math.min(1000, Math.max(100, end - Date.now())));
    if (waits()) token({ content: 'tick ' });
  }
  token({ content: answer });
  token({}, 'stop');
  send({ choices: [], usage });
  if (!gone) response.end('data: [DONE]\n\n');
}

async function handle(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  const id = ++requests;
  if (request.url.endsWith('/models')) {
    sendJson(response, { object: 'list', data: [{ id: 'fake-1', object: 'model', owned_by: 'lab' }] });
    return;
  }
  if (!request.url.includes('/chat/completions')) {
    response.statusCode = 404;
    response.end('{}');
    return;
  }
  const query = JSON.parse(body);
  const text = lastUserText(query.messages || []);
  const delayMs = delayOf(text);
  log({ id, delayMs, user: text.slice(-2000) });
  const head = { id: 'chatcmpl-lab' + id, created: Math.floor(Date.now() / 1000), model: query.model || 'fake-1' };
  const usage = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105 };
  if (query.stream) {
    await streamAnswer(response, head, delayMs, gateOf(text), answerOf(text, id), usage);
  } else {
    await sleep(delayMs);
    const message = { role: 'assistant', content: answerOf(text, id) };
    sendJson(response, { ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
  }
  log({ id, event: 'answered' });
}

http.createServer((request, response) => {
  handle(request, response).catch((error) => {
    log({ event: 'error', message: String(error) });
    response.destroy();
  });
}).listen(port, '127.0.0.1', () => log({ event: 'listening', port }));
