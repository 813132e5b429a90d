// A span as an object, open or ended.
// Not for which span is current: see ContextStack.cs. Not for starting one: see Scope.cs.
using System;
using System.Collections;
using System.Collections.Specialized;

namespace Vigie
{
    /// <summary>The status of a span.</summary>
    public enum SpanStatus
    {
        /// <summary>Nothing was said.</summary>
        Unset,
        /// <summary>Done, as its author says.</summary>
        Ok,
        /// <summary>Failed.</summary>
        Error,
    }

    /// <summary>A span. Its methods never throw; after the end they do nothing.</summary>
    public sealed unsafe class Span : IDisposable, IEntered
    {
        private OrderedDictionary identity;

        internal Span(ulong handle, string name, SpanKind kind)
        {
            Handle = handle;
            Name = name;
            Kind = kind;
        }

        internal ulong Handle { get; private set; }

        internal bool HasEnded { get; private set; }

        bool IEntered.IsOver
        {
            get { return HasEnded; }
        }

        // While a block runs in this span: the runspace's $Error, and its newest error when the span began.
        internal IList Errors { get; set; }

        internal object ErrorBefore { get; set; }

        // The values that the variables had before this span was exported into the environment.
        internal Hashtable Environment { get; set; }

        // Whether a command has given this object to the user.
        internal bool Held { get; set; }

        /// <summary>The name.</summary>
        public string Name { get; internal set; }

        /// <summary>The kind.</summary>
        public SpanKind Kind { get; private set; }

        /// <summary>The trace id, 32 hexadecimal digits; null for a span that could not be started.</summary>
        public string TraceId { get { return Part("trace_id"); } }

        /// <summary>The span id, 16 hexadecimal digits; null for a span that could not be started.</summary>
        public string SpanId { get { return Part("span_id"); } }

        /// <summary>The traceparent header that names this span.</summary>
        public string TraceParent { get { return Part("traceparent"); } }

        /// <summary>Whether the span is open and recorded; false when sampling left it out.</summary>
        public bool IsRecording { get { return Handle != 0 && Native.vigie_span_recording(Handle) == 1; } }

        private string Part(string name)
        {
            if (identity == null && Handle != 0)
            {
                identity = Context.IdentityOf(Handle);
            }
            return identity == null ? null : identity[name] as string;
        }

        /// <summary>Sets an attribute; the last value of a key wins.</summary>
        public void SetAttribute(string key, object value)
        {
            SetAttributes(new OrderedDictionary { { key ?? string.Empty, value } });
        }

        /// <summary>Sets the attributes of a dictionary or PSCustomObject.</summary>
        public void SetAttributes(object attributes)
        {
            Set(attributes);
        }

        /// <summary>Adds an event at the present time.</summary>
        public void AddEvent(string name, object attributes)
        {
            Event(name, attributes, null);
        }

        /// <summary>Records an ErrorRecord or Exception as an event; the status stays.</summary>
        public void RecordException(object error)
        {
            Exception(error, null);
        }

        /// <summary>Records an error as an event with more attributes.</summary>
        public void RecordException(object error, object attributes)
        {
            Exception(error, attributes);
        }

        /// <summary>Sets the status; a description belongs to an error.</summary>
        public void SetStatus(SpanStatus status, string description)
        {
            Status(status, description);
        }

        /// <summary>Ends the span and takes it off the runspace's stack.</summary>
        public void End()
        {
            Errors = null;
            Finish(null);
            ContextStack.Current().PopEntered(this);
        }

        /// <summary>The same as End.</summary>
        public void Dispose()
        {
            End();
        }

        internal int Set(object attributes)
        {
            Utf8Buffer json = Utf8Buffer.Take();
            AttributeJson.Write(json, AttributeJson.Evaluate(attributes));
            int code;
            fixed (byte* bytes = json.Bytes)
            {
                code = Native.vigie_span_set(Handle, bytes, json.Size);
            }
            json.Give();
            return code;
        }

        internal int Event(string name, object attributes, long? timeNs)
        {
            Utf8Buffer json = Utf8Buffer.Take();
            AttributeJson.Write(json, AttributeJson.Evaluate(attributes));
            Utf8Buffer text = Utf8Buffer.Of(name);
            int code;
            fixed (byte* textBytes = text.Bytes)
            fixed (byte* jsonBytes = json.Bytes)
            {
                code = timeNs.HasValue
                    ? Native.vigie_span_event_at(Handle, textBytes, text.Size, timeNs.Value, jsonBytes, json.Size)
                    : Native.vigie_span_event(Handle, textBytes, text.Size, jsonBytes, json.Size);
            }
            text.Give();
            json.Give();
            return code;
        }

        internal int Exception(object error, object attributes)
        {
            Utf8Buffer document = Utf8Buffer.Take();
            ErrorJson.Write(document, error);
            Utf8Buffer json = Utf8Buffer.Take();
            StreamRecord.Attributes(json, HostValue.Unwrap(error), AttributeJson.Evaluate(attributes));
            int code;
            fixed (byte* documentBytes = document.Bytes)
            fixed (byte* jsonBytes = json.Bytes)
            {
                code = Native.vigie_span_exception(Handle, documentBytes, document.Size, jsonBytes, json.Size);
            }
            json.Give();
            document.Give();
            return code;
        }

        internal int Status(SpanStatus status, string description)
        {
            Utf8Buffer text = Utf8Buffer.Of(description);
            int code;
            fixed (byte* bytes = text.Bytes)
            {
                code = Native.vigie_span_status(Handle, (int)status, bytes, text.Size);
            }
            text.Give();
            return code;
        }

        internal int Rename(string name)
        {
            Utf8Buffer text = Utf8Buffer.Of(name);
            int code;
            fixed (byte* bytes = text.Bytes)
            {
                code = Native.vigie_span_rename(Handle, bytes, text.Size);
            }
            text.Give();
            Name = name;
            return code;
        }

        internal int Link(ulong context, object attributes)
        {
            Utf8Buffer json = Utf8Buffer.Take();
            AttributeJson.Write(json, attributes);
            int code;
            fixed (byte* bytes = json.Bytes)
            {
                code = Native.vigie_span_link(Handle, context, bytes, json.Size);
            }
            json.Give();
            return code;
        }

        // If the user holds the object, its ids are read before the handle is given up, so that they can be asked for later.
        internal int Finish(long? endTimeNs)
        {
            ulong handle = Handle;
            if (handle == 0)
            {
                return Native.HandleError;
            }
            if (Held)
            {
                Part("span_id");
            }
            HasEnded = true;
            Handle = 0;
            return endTimeNs.HasValue ? Native.vigie_span_end_at(handle, endTimeNs.Value) : Native.vigie_span_end(handle);
        }
    }
}
