// Takes values out of PowerShell's wrapper and gives their text, whatever their own code throws.
using System;
using System.Globalization;
using System.Management.Automation;

namespace Vigie
{
    internal static class HostValue
    {
        // The value inside a PSObject. A PSCustomObject has nothing inside and stays as it is.
        internal static object Unwrap(object value)
        {
            PSObject wrapped = value as PSObject;
            if (wrapped == null)
            {
                return value;
            }
            if (ReferenceEquals(wrapped, System.Management.Automation.Internal.AutomationNull.Value))
            {
                return null;
            }
            object inside = wrapped.BaseObject;
            return inside is PSCustomObject ? wrapped : inside;
        }

        // The text of any object, by the invariant culture.
        internal static string TextOf(object value)
        {
            try
            {
                IFormattable formattable = value as IFormattable;
                string text = formattable != null ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString();
                return text ?? string.Empty;
            }
            catch (Exception)
            {
                return "[ToString threw]";
            }
        }

        internal static string MessageOf(Exception exception)
        {
            try
            {
                return exception.Message ?? string.Empty;
            }
            catch (Exception)
            {
                return "[Message threw]";
            }
        }
    }
}
