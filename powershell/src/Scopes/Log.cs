// Log records by static methods, which cost less than a command: the way for tight loops.
// Not for pipeline input and error records: see Commands/WriteLogCommand.cs.

namespace Vigie
{
    /// <summary>Writes log records through the logger without a name, in the context of the runspace.</summary>
    /// <remarks>A message is a template: {name} stands for the attribute of that name. Attributes are a dictionary, a
    /// PSCustomObject, or a script block that gives one and runs only when the level is on. Nothing here throws.</remarks>
    public static class Log
    {
        internal static readonly Logger Unnamed = new Logger(0, string.Empty);

        /// <summary>Writes a TRACE record.</summary>
        public static void Trace(string message) { Unnamed.Record(Severity.Trace, message, null); }
        /// <summary>Writes a TRACE record with attributes.</summary>
        public static void Trace(string message, object attributes) { Unnamed.Record(Severity.Trace, message, attributes); }
        /// <summary>Writes a DEBUG record.</summary>
        public static void Debug(string message) { Unnamed.Record(Severity.Debug, message, null); }
        /// <summary>Writes a DEBUG record with attributes.</summary>
        public static void Debug(string message, object attributes) { Unnamed.Record(Severity.Debug, message, attributes); }
        /// <summary>Writes an INFO record.</summary>
        public static void Info(string message) { Unnamed.Record(Severity.Info, message, null); }
        /// <summary>Writes an INFO record with attributes.</summary>
        public static void Info(string message, object attributes) { Unnamed.Record(Severity.Info, message, attributes); }
        /// <summary>Writes a WARN record.</summary>
        public static void Warn(string message) { Unnamed.Record(Severity.Warn, message, null); }
        /// <summary>Writes a WARN record with attributes.</summary>
        public static void Warn(string message, object attributes) { Unnamed.Record(Severity.Warn, message, attributes); }
        /// <summary>Writes an ERROR record.</summary>
        public static void Error(string message) { Unnamed.Record(Severity.Error, message, null); }
        /// <summary>Writes an ERROR record with attributes.</summary>
        public static void Error(string message, object attributes) { Unnamed.Record(Severity.Error, message, attributes); }
        /// <summary>Writes a FATAL record.</summary>
        public static void Fatal(string message) { Unnamed.Record(Severity.Fatal, message, null); }
        /// <summary>Writes a FATAL record with attributes.</summary>
        public static void Fatal(string message, object attributes) { Unnamed.Record(Severity.Fatal, message, attributes); }

        /// <summary>Writes a record of a level given as a name, an alias or a number from 1 to 24.</summary>
        public static void Write(object level, string message, object attributes) { Unnamed.Write(level, message, attributes); }

        /// <summary>Whether a record of this level would be written.</summary>
        public static bool IsEnabled(object level) { return Unnamed.IsEnabled(level); }
    }
}
