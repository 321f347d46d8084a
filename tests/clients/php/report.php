<?php
// The lines that the programs of tests/clients print, for both of PHP's interfaces.

function escaped(mixed $value): string
{
    return $value === null ? '\N' : strtr((string)$value, ['\\' => '\\\\', "\t" => '\t', "\n" => '\n']);
}

function report(mixed ...$values): void
{
    echo implode("\t", array_map('escaped', $values)), "\n";
}

// Of UTF-8, without the extension mbstring.
function characters(string $text): int
{
    return strlen($text) - preg_match_all('/[\x80-\xBF]/', $text);
}
