// Completes arguments: the levels, the kinds of spans, and the names of instruments that were used in this process.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Vigie
{
    /// <summary>Completes the six levels.</summary>
    public sealed class LevelCompleter : IArgumentCompleter
    {
        private static readonly string[] Levels = { "Trace", "Debug", "Info", "Warn", "Error", "Fatal" };

        /// <summary>The levels that begin with the word.</summary>
        public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        {
            return Completion.Of(Levels, wordToComplete);
        }
    }

    /// <summary>Completes the five kinds of spans.</summary>
    public sealed class KindCompleter : IArgumentCompleter
    {
        /// <summary>The kinds that begin with the word.</summary>
        public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        {
            return Completion.Of(Enum.GetNames(typeof(SpanKind)), wordToComplete);
        }
    }

    /// <summary>Completes the names of instruments seen so far.</summary>
    public sealed class MetricCompleter : IArgumentCompleter
    {
        /// <summary>The names that begin with the word.</summary>
        public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        {
            return Completion.Of(Seen.InOrder(), wordToComplete);
        }
    }

    internal static class Completion
    {
        internal static List<CompletionResult> Of(IEnumerable<string> words, string begun)
        {
            var results = new List<CompletionResult>();
            foreach (string word in words)
            {
                if (word.Length > 0 && word.StartsWith(begun ?? string.Empty, StringComparison.OrdinalIgnoreCase))
                {
                    results.Add(new CompletionResult(word));
                }
            }
            return results;
        }
    }
}
