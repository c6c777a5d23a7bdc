#!/usr/bin/env node
'use strict';
// Old syntax on purpose: this file must start on any Node, to hand over to the one that the project brings.
