// The commands that update instruments, and Get-VigieMetric.
// Not for tight loops: the static methods in Scopes/Metric.cs do without the binding of parameters.
using System;
using System.Collections.Specialized;
using System.Management.Automation;

namespace Vigie
{
    /// <summary>What the commands of all instruments have in common.</summary>
    public abstract class InstrumentCommand : PSCmdlet
    {
        /// <summary>The instrument's name.</summary>
        [Parameter(Mandatory = true, Position = 0)]
        [ArgumentCompleter(typeof(MetricCompleter))]
        [AllowEmptyString]
        public string Name { get; set; }

        /// <summary>The series' attributes: a dictionary, PSCustomObject or script block.</summary>
        [Parameter(Position = 2)]
        public object Attribute { get; set; }

        /// <summary>The unit, in UCUM: s, By, 1. Counts at the first use of the name.</summary>
        [Parameter]
        public string Unit { get; set; }

        /// <summary>What is measured. Counts at the first use of the name.</summary>
        [Parameter]
        public string Description { get; set; }

        private object evaluated;

        /// <summary>Describes the instrument where something was said of it.</summary>
        protected override void BeginProcessing()
        {
            evaluated = AttributeJson.Evaluate(Attribute);
            if (Unit != null || Description != null || Buckets() != null)
            {
                Failure.Report(this, Metric.DescribeFirst(Name, Unit, Description, Buckets()));
            }
        }

        internal virtual double[] Buckets()
        {
            return null;
        }

        // A whole number beyond 2^53 has no exact double, so it takes the way for integers.
        internal void Update(InstrumentKind kind, object given)
        {
            object value = HostValue.Unwrap(given);
            if (value is long && Math.Abs((double)(long)value) > 9007199254740992.0)
            {
                int code;
                Series series = Metric.Bind(kind, Name, evaluated, out code);
                series.Update((long)value);
                Failure.Report(this, code);
                return;
            }
            double number;
            if (LanguagePrimitives.TryConvertTo(value, out number) && value != null)
            {
                Failure.Report(this, Metric.Update(kind, Name, number, evaluated));
                return;
            }
            Failure.Report(this, new VigieException("Vigie.InvalidArgument", ErrorCategory.InvalidArgument,
                Name + ": value " + (value == null ? "null" : HostValue.TextOf(value)) + "; accepted: a number"));
        }
    }

    /// <summary>Adds to a counter.</summary>
    [Cmdlet(VerbsCommon.Add, "VigieCounter")]
    public sealed class AddVigieCounterCommand : InstrumentCommand
    {
        private object value = 1;

        /// <summary>The increment, not negative; 1 unless given.</summary>
        [Parameter(Position = 1, ValueFromPipeline = true)]
        [AllowNull]
        public object Value { get { return value; } set { this.value = value; } }

        /// <summary>Adds.</summary>
        protected override void ProcessRecord() { Update(InstrumentKind.Counter, value); }
    }

    /// <summary>Adds to an up-down counter.</summary>
    [Cmdlet(VerbsCommon.Add, "VigieUpDownCounter")]
    public sealed class AddVigieUpDownCounterCommand : InstrumentCommand
    {
        private object value = 1;

        /// <summary>The change, negative too; 1 unless given.</summary>
        [Parameter(Position = 1, ValueFromPipeline = true)]
        [AllowNull]
        public object Value { get { return value; } set { this.value = value; } }

        /// <summary>Adds.</summary>
        protected override void ProcessRecord() { Update(InstrumentKind.UpDownCounter, value); }
    }

    /// <summary>Sets a gauge.</summary>
    [Cmdlet(VerbsCommon.Set, "VigieGauge")]
    public sealed class SetVigieGaugeCommand : InstrumentCommand
    {
        /// <summary>The value.</summary>
        [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
        [AllowNull]
        public object Value { get; set; }

        /// <summary>Sets.</summary>
        protected override void ProcessRecord() { Update(InstrumentKind.Gauge, Value); }
    }

    /// <summary>Records a value in a histogram.</summary>
    [Cmdlet(VerbsCommon.Add, "VigieHistogram")]
    public sealed class AddVigieHistogramCommand : InstrumentCommand
    {
        /// <summary>The value.</summary>
        [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
        [AllowNull]
        public object Value { get; set; }

        /// <summary>Upper bounds of the buckets, ascending. Counts at the first use of the name.</summary>
        [Parameter]
        public double[] Bucket { get; set; }

        internal override double[] Buckets() { return Bucket; }

        /// <summary>Records.</summary>
        protected override void ProcessRecord() { Update(InstrumentKind.Histogram, Value); }
    }

    /// <summary>How Get-VigieMetric shows metrics.</summary>
    public enum MetricFormat
    {
        /// <summary>One object a series.</summary>
        Object,
        /// <summary>Prometheus text format 0.0.4.</summary>
        Prometheus,
        /// <summary>OpenMetrics text format 1.0.</summary>
        OpenMetrics,
        /// <summary>The metric lines of the schema.</summary>
        Json,
    }

    /// <summary>Gives all metrics of the process.</summary>
    [Cmdlet(VerbsCommon.Get, "VigieMetric")]
    [OutputType(typeof(PSObject), typeof(string))]
    public sealed unsafe class GetVigieMetricCommand : PSCmdlet
    {
        /// <summary>Object unless given.</summary>
        [Parameter(Position = 0)]
        public MetricFormat Format { get; set; }

        /// <summary>Writes objects, one text, or one line each.</summary>
        protected override void ProcessRecord()
        {
            Telemetry.Ready();
            int format = Format == MetricFormat.Prometheus ? 1 : Format == MetricFormat.OpenMetrics ? 5 : 0;
            int code;
            string text = CopyOut.Text(delegate(byte* buffer, UIntPtr capacity, UIntPtr* length)
            {
                return Native.vigie_metrics_render(format, buffer, capacity, length);
            }, out code);
            Failure.Report(this, code);
            if (text == null)
            {
                return;
            }
            if (format != 0)
            {
                WriteObject(text);
                return;
            }
            foreach (string line in text.Split(new[] { '\n' }, StringSplitOptions.RemoveEmptyEntries))
            {
                WriteObject(Format == MetricFormat.Json ? (object)line : ObjectOf(line));
            }
        }

        private static PSObject ObjectOf(string line)
        {
            OrderedDictionary point = JsonText.Object(line);
            var shown = new PSObject();
            shown.TypeNames.Insert(0, "Vigie.Metric");
            foreach (string part in new[] { "name", "type", "unit", "attributes", "value", "count", "sum", "min", "max", "buckets" })
            {
                if (point.Contains(part))
                {
                    string property = char.ToUpperInvariant(part[0]) + part.Substring(1);
                    shown.Properties.Add(new PSNoteProperty(property, point[part]));
                }
            }
            return shown;
        }
    }
}
