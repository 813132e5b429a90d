// Remembers the names of instruments that were used, up to a bound. Only argument completion reads them.
using System;
using System.Collections.Generic;

namespace Vigie
{
    internal static class Seen
    {
        private const int Most = 500;
        private static readonly HashSet<string> Names = new HashSet<string>();
        [ThreadStatic]
        private static string last;

        internal static void Add(string name)
        {
            // A loop updates the same instrument again and again; this keeps it from taking the lock.
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

        internal static List<string> InOrder()
        {
            lock (Names)
            {
                var names = new List<string>(Names);
                names.Sort(StringComparer.Ordinal);
                return names;
            }
        }
    }
}
