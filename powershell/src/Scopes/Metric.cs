// Metrics by static methods and bound series, which cost less than a command: the way for tight loops.
// Not for reading metrics: see Commands/MetricCommands.cs.
using System;
using System.Collections.Specialized;

namespace Vigie
{
    // The values are those of the C interface.
    internal enum InstrumentKind
    {
        Counter,
        UpDownCounter,
        Gauge,
        Histogram,
    }

    /// <summary>Updates instruments by name. Attributes are a dictionary or a PSCustomObject. Nothing here throws.</summary>
    public static unsafe class Metric
    {
        /// <summary>Adds to a counter.</summary>
        public static void Add(string name, double value) { Update(InstrumentKind.Counter, name, value, null); }
        /// <summary>Adds to the series of a counter.</summary>
        public static void Add(string name, double value, object attributes) { Update(InstrumentKind.Counter, name, value, attributes); }
        /// <summary>Sets a gauge.</summary>
        public static void Set(string name, double value) { Update(InstrumentKind.Gauge, name, value, null); }
        /// <summary>Sets the series of a gauge.</summary>
        public static void Set(string name, double value, object attributes) { Update(InstrumentKind.Gauge, name, value, attributes); }
        /// <summary>Records a value in a histogram.</summary>
        public static void Record(string name, double value) { Update(InstrumentKind.Histogram, name, value, null); }
        /// <summary>Records a value in the series of a histogram.</summary>
        public static void Record(string name, double value, object attributes) { Update(InstrumentKind.Histogram, name, value, attributes); }

        /// <summary>Says the unit, description and buckets of an instrument before its first use; null or empty for none.</summary>
        public static void Describe(string name, string unit, string description, double[] buckets)
        {
            DescribeFirst(name, string.IsNullOrEmpty(unit) ? null : unit, string.IsNullOrEmpty(description) ? null : description, buckets);
        }

        /// <summary>One series of a counter, resolved once.</summary>
        public static Series Counter(string name, object attributes) { return Bind(InstrumentKind.Counter, name, attributes); }
        /// <summary>One series of an up-down counter, resolved once.</summary>
        public static Series UpDownCounter(string name, object attributes) { return Bind(InstrumentKind.UpDownCounter, name, attributes); }
        /// <summary>One series of a gauge, resolved once.</summary>
        public static Series Gauge(string name, object attributes) { return Bind(InstrumentKind.Gauge, name, attributes); }
        /// <summary>One series of a histogram, resolved once.</summary>
        public static Series Histogram(string name, object attributes) { return Bind(InstrumentKind.Histogram, name, attributes); }

        internal static int Update(InstrumentKind kind, string name, double value, object attributes)
        {
            Telemetry.Ready();
            Seen.Add(name);
            Utf8Buffer json = Utf8Buffer.Take();
            if (attributes != null)
            {
                AttributeJson.Write(json, attributes);
            }
            Utf8Buffer text = Utf8Buffer.Of(name);
            int code;
            fixed (byte* textBytes = text.Bytes)
            fixed (byte* jsonBytes = json.Bytes)
            {
                switch (kind)
                {
                    case InstrumentKind.Counter: code = Native.vigie_counter_add(textBytes, text.Size, value, jsonBytes, json.Size); break;
                    case InstrumentKind.UpDownCounter: code = Native.vigie_up_down_counter_add(textBytes, text.Size, value, jsonBytes, json.Size); break;
                    case InstrumentKind.Gauge: code = Native.vigie_gauge_set(textBytes, text.Size, value, jsonBytes, json.Size); break;
                    default: code = Native.vigie_histogram_record(textBytes, text.Size, value, jsonBytes, json.Size); break;
                }
            }
            text.Give();
            json.Give();
            return code;
        }

        internal static Series Bind(InstrumentKind kind, string name, object attributes)
        {
            int code;
            return Bind(kind, name, attributes, out code);
        }

        internal static Series Bind(InstrumentKind kind, string name, object attributes, out int code)
        {
            Telemetry.Ready();
            Seen.Add(name);
            Utf8Buffer json = Utf8Buffer.Take();
            AttributeJson.Write(json, attributes);
            Utf8Buffer text = Utf8Buffer.Of(name);
            ulong made;
            fixed (byte* textBytes = text.Bytes)
            fixed (byte* jsonBytes = json.Bytes)
            {
                code = Native.vigie_metric_handle((int)kind, textBytes, text.Size, jsonBytes, json.Size, &made);
            }
            text.Give();
            json.Give();
            return new Series(made);
        }

        // Sets unit, description and buckets. It has to come before the first use of the name.
        internal static int DescribeFirst(string name, string unit, string description, double[] buckets)
        {
            Telemetry.Ready();
            var options = new OrderedDictionary();
            if (unit != null) { options["unit"] = unit; }
            if (description != null) { options["description"] = description; }
            if (buckets != null) { options["buckets"] = buckets; }
            Utf8Buffer json = Utf8Buffer.Take();
            AttributeJson.Write(json, options);
            Utf8Buffer text = Utf8Buffer.Of(name);
            int code;
            fixed (byte* textBytes = text.Bytes)
            fixed (byte* jsonBytes = json.Bytes)
            {
                code = Native.vigie_metric_describe(textBytes, text.Size, jsonBytes, json.Size);
            }
            text.Give();
            json.Give();
            // An instrument that is in use already keeps its description, and that is no error.
            return code == Native.AlreadyError ? Native.Ok : code;
        }
    }

    /// <summary>One series of an instrument. Its methods never throw.</summary>
    public sealed class Series
    {
        private readonly ulong handle;

        internal Series(ulong handle)
        {
            this.handle = handle;
        }

        /// <summary>Gives back the handle of a series that nobody holds any more.</summary>
        ~Series()
        {
            if (handle != 0)
            {
                Native.vigie_release(handle);
            }
        }

        /// <summary>Adds to a counter, sets a gauge, records in a histogram.</summary>
        public void Update(double value)
        {
            Telemetry.Ready();
            Native.vigie_metric_update(handle, value);
            // The finalizer must not give the handle back while the library works with it.
            GC.KeepAlive(this);
        }

        /// <summary>The same with a whole number, exact beyond 2^53.</summary>
        public void Update(long value)
        {
            Telemetry.Ready();
            Native.vigie_metric_update_int(handle, value);
            GC.KeepAlive(this);
        }
    }
}
