// Argument completion: levels, and the names of instruments seen so far.
// Not for validation: what is not completed is accepted all the same.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Vigie
{
    // Names that were used, for completion alone; bounded.
    internal static class Seen
    {
        private const int Most = 500;
        private static readonly HashSet<string> Names = new HashSet<string>();
        [ThreadStatic]
        private static string last;

        internal static void Metric(string name)
        {
            // A loop updates one name over and over.
            if (ReferenceEquals(name, last) || name == null)
            {
                return;
            }
            last = name;
            lock (Names)
            {
                if (Names.Count < Most)
                {
                    Names.Add(name);
                }
            }
        }

        internal static List<string> Metrics()
        {
            lock (Names)
            {
                var names = new List<string>(Names);
                names.Sort(StringComparer.Ordinal);
                return names;
            }
        }
    }

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

    /// <summary>Completes the names of instruments seen so far.</summary>
    public sealed class MetricCompleter : IArgumentCompleter
    {
        /// <summary>The names that begin with the word.</summary>
        public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        {
            return Completion.Of(Seen.Metrics(), wordToComplete);
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
