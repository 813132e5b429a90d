// A logger as an object: it has a name and bound attributes, and hands log records to the library.
// Not for pipeline input and error records: see Commands/WriteLogCommand.cs.
using System;

namespace Vigie
{
    /// <summary>A logger of a name with bound attributes; immutable.</summary>
    public sealed class Logger
    {
        private readonly ulong handle;

        internal Logger(ulong handle, string name)
        {
            this.handle = handle;
            Name = name;
        }

        /// <summary>Gives back the handle of a logger that nobody holds any more.</summary>
        ~Logger()
        {
            if (handle != 0)
            {
                Native.vigie_release(handle);
            }
        }

        /// <summary>The name, empty for the logger without one.</summary>
        public string Name { get; private set; }

        internal ulong Handle
        {
            get { return handle; }
        }

        internal static unsafe Logger Named(string name)
        {
            if (string.IsNullOrEmpty(name))
            {
                return new Logger(0, string.Empty);
            }
            Telemetry.Ready();
            Utf8Buffer text = Utf8Buffer.Of(name);
            ulong made;
            fixed (byte* bytes = text.Bytes)
            {
                Native.vigie_logger(bytes, text.Size, &made);
            }
            text.Give();
            return new Logger(made, name);
        }

        /// <summary>A child whose records carry these attributes too.</summary>
        public unsafe Logger Bind(object attributes)
        {
            Telemetry.Ready();
            Utf8Buffer json = Utf8Buffer.Take();
            AttributeJson.Write(json, AttributeJson.Evaluate(attributes));
            ulong made;
            fixed (byte* bytes = json.Bytes)
            {
                Native.vigie_logger_bind(handle, bytes, json.Size, &made);
            }
            json.Give();
            GC.KeepAlive(this);
            return made == 0 ? this : new Logger(made, Name);
        }

        /// <summary>Writes a TRACE record.</summary>
        public void Trace(string message) { Record(Severity.Trace, message, null); }
        /// <summary>Writes a TRACE record with attributes.</summary>
        public void Trace(string message, object attributes) { Record(Severity.Trace, message, attributes); }
        /// <summary>Writes a DEBUG record.</summary>
        public void Debug(string message) { Record(Severity.Debug, message, null); }
        /// <summary>Writes a DEBUG record with attributes.</summary>
        public void Debug(string message, object attributes) { Record(Severity.Debug, message, attributes); }
        /// <summary>Writes an INFO record.</summary>
        public void Info(string message) { Record(Severity.Info, message, null); }
        /// <summary>Writes an INFO record with attributes.</summary>
        public void Info(string message, object attributes) { Record(Severity.Info, message, attributes); }
        /// <summary>Writes a WARN record.</summary>
        public void Warn(string message) { Record(Severity.Warn, message, null); }
        /// <summary>Writes a WARN record with attributes.</summary>
        public void Warn(string message, object attributes) { Record(Severity.Warn, message, attributes); }
        /// <summary>Writes an ERROR record.</summary>
        public void Error(string message) { Record(Severity.Error, message, null); }
        /// <summary>Writes an ERROR record with attributes.</summary>
        public void Error(string message, object attributes) { Record(Severity.Error, message, attributes); }
        /// <summary>Writes a FATAL record.</summary>
        public void Fatal(string message) { Record(Severity.Fatal, message, null); }
        /// <summary>Writes a FATAL record with attributes.</summary>
        public void Fatal(string message, object attributes) { Record(Severity.Fatal, message, attributes); }

        /// <summary>Writes a record of a level given as a name, an alias or a number from 1 to 24; an unknown one is INFO.</summary>
        public void Write(object level, string message, object attributes)
        {
            int code;
            int severity = Severity.Of(level, out code);
            Record(severity == 0 ? Severity.Info : severity, message, attributes);
        }

        /// <summary>Whether a record of this level would be written.</summary>
        public bool IsEnabled(object level)
        {
            int code;
            return IsOn(Severity.Of(level, out code));
        }

        internal bool IsOn(int severity)
        {
            Telemetry.Ready();
            return (handle == 0 ? Native.vigie_enabled(severity) : Native.vigie_logger_enabled(handle, severity)) == 1;
        }

        // Records a template with its attributes; gives the library's code.
        internal int Record(int severity, string message, object attributes)
        {
            if (attributes == null)
            {
                // The library checks the level before anything else. To ask for it here too would cost more than handing
                // over the text.
                Telemetry.Ready();
                return Send(Call.Template, severity, message, null, null);
            }
            if (!IsOn(severity))
            {
                return Native.Ok;
            }
            object given = AttributeJson.Evaluate(attributes);
            Utf8Buffer json = Utf8Buffer.Take();
            AttributeJson.Write(json, given);
            int code = Send(Call.Template, severity, message, json, null);
            json.Give();
            return code;
        }

        // Records a template with attributes and an error.
        internal int Error(int severity, string message, Utf8Buffer json, Utf8Buffer error)
        {
            return Send(Call.Error, severity, message, json, error);
        }

        // Records finished text. Data of a pipeline or a stream is never a template.
        internal int Text(int severity, string message, Utf8Buffer json, Utf8Buffer error)
        {
            return Send(Call.Text, severity, message, json, error);
        }

        private enum Call
        {
            Template,
            Error,
            Text,
        }

        // `json` and `error` are null when there are no attributes or no error.
        private unsafe int Send(Call call, int severity, string message, Utf8Buffer json, Utf8Buffer error)
        {
            Utf8Buffer text = Utf8Buffer.Of(message);
            ulong context = ContextStack.CurrentHandle();
            UIntPtr jsonSize = json == null ? UIntPtr.Zero : json.Size;
            UIntPtr errorSize = error == null ? UIntPtr.Zero : error.Size;
            int code;
            fixed (byte* textBytes = text.Bytes)
            fixed (byte* jsonBytes = json == null ? null : json.Bytes)
            fixed (byte* errorBytes = error == null ? null : error.Bytes)
            {
                switch (call)
                {
                    case Call.Template: code = Native.vigie_logger_log(handle, severity, textBytes, text.Size, jsonBytes, jsonSize, context); break;
                    case Call.Error: code = Native.vigie_logger_error(handle, severity, textBytes, text.Size, jsonBytes, jsonSize, errorBytes, errorSize, context); break;
                    default: code = Native.vigie_logger_text(handle, severity, textBytes, text.Size, jsonBytes, jsonSize, errorBytes, errorSize, context); break;
                }
            }
            text.Give();
            // The finalizer must not give the handle back while the library works with it.
            GC.KeepAlive(this);
            return code;
        }
    }
}
