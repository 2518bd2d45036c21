#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Renders every chat template of llama.cpp's sources by jinja2, as transformers sets it up.

    scripts/chat_template_golden.py >src/llm/testdata/chat_templates.json

writes what src/llm/llama_chat_template_test.cc compares with, byte by byte: the prompt for a system
text, one worked example and a question, thinking off. Needs python3-jinja2; for development only,
after another llama.cpp was pinned. --show NAME prints one prompt; --thinking: with thinking on.
"""
import argparse
import datetime
import json
import pathlib
import re

import jinja2
import jinja2.ext
import jinja2.sandbox

TEMPLATES = pathlib.Path(__file__).parent.parent / "third_party/llama.cpp/models/templates"
MESSAGES = [
    {"role": "system", "content": "Reason step by step."},
    {"role": "user", "content": "How many are 2 + 3?"},
    {"role": "assistant", "content": "2 + 3 = 5\n#### 5"},
    {"role": "user", "content": "And 4 + 7?"},
]
THOUGHT = re.compile(r"(<[^</>]*think[^</>]*>|\[THINK\])\s*$", re.I)


class Generation(jinja2.ext.Extension):
    """transformers' {% generation %}, which marks what was generated and writes nothing."""

    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def environment():
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(value, ensure_ascii=False, **options):
        return json.dumps(value, ensure_ascii=ensure_ascii, **options)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = datetime.datetime(2024, 7, 26, 12).strftime
    return env


def switches(source, thinking):
    """The table at the head of src/llm/llama_chat_template.h."""
    named = [w for w in ("none", "no_think", "minimal") if re.search(f"['\"]{w}['\"]", source)]
    given = dict.fromkeys(("enable_thinking", "thinking", "reasoning"), thinking)
    given["thinking_mode"] = "enabled" if thinking else "disabled"
    if not thinking:
        given["thinking_budget"] = 0
        given["reasoning_effort"] = (named + ["low"])[0]
    elif "no_think" in named:
        given["reasoning_effort"] = "high"
    return given


def merged(messages):
    head = messages[0]["content"] + "\n\n" + messages[1]["content"]
    return [{"role": "user", "content": head}] + messages[2:]


def render(source, messages, thinking):
    template = environment().from_string(source)
    fault = None
    for form in (messages, merged(messages)):
        try:
            return template.render(messages=form, bos_token="<s>", eos_token="</s>",
                                   add_generation_prompt=True, **switches(source, thinking))
        except Exception as error:  # a template may fail in any way
            fault = fault or error
    raise fault


def prompt(source, thinking):
    text = render(source, MESSAGES, thinking)
    if not thinking and THOUGHT.search(text) and re.search("['\"]/no_think['\"]", source):
        system = {"role": "system", "content": MESSAGES[0]["content"] + "\n/no_think"}
        text = render(source, [system] + MESSAGES[1:], thinking)
    return text


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--show", metavar="NAME")
    arguments.add_argument("--thinking", action="store_true")
    arguments = arguments.parse_args()
    golden = {}
    for path in sorted(TEMPLATES.glob("*.jinja")):
        if arguments.show and path.stem != arguments.show:
            continue
        try:
            golden[path.stem] = prompt(path.read_text(encoding="utf-8"), arguments.thinking)
        except Exception as error:
            golden[path.stem] = {"fault": str(error).splitlines()[0]}
    if arguments.show:
        print(golden[arguments.show])
    else:
        print(json.dumps(golden, ensure_ascii=False, indent=0))


main()
